import type { AccessRecord, BackendNames, ProviderRegistry, Server } from '@infrarust/core'
import type { Logger } from 'pino'
import { type Diagnosis, diagnoseServer } from '../doctor/diagnose.ts'
import type { Verdict } from '../doctor/verdict.ts'
import { logMismatch } from '../log/mismatch.ts'
import type { Part } from './part.ts'

/** Gives its hints in the log, about the servers that the registry has. */
export function mismatchHint(
  registry: Pick<ProviderRegistry, 'servers'>,
  names: BackendNames,
  logger: Logger,
): MismatchHint {
  return new MismatchHint({
    serverOf: (id) => registry.servers.find((server) => server.id === id),
    diagnose: (server) => diagnoseServer(server, names),
    hint: (diagnosis) => logMismatch(logger, diagnosis),
  })
}

export interface MismatchHintOptions {
  /** The server as it is configured now; undefined where there is none of this id any more. */
  readonly serverOf: (id: string) => Server | undefined
  readonly diagnose: (server: Server) => Promise<Diagnosis>
  readonly hint: (diagnosis: Diagnosis) => void
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/** So many connections of a server that ended at once, with none between that went well. */
const ENDINGS = 3
/** A server is not asked again sooner: it may be down for hours. */
const AGAIN_MS = 600_000
/** Fewer bytes than a kick of a vanilla server has; a session that stood has sent more. */
const FIRST_BYTES = 64
const AT_ONCE_MS = 1_000
/** Verdicts that the configuration explains; the others have lines of their own in the log. */
const MISMATCHES: readonly Verdict[] = ['needs_header', 'unexpected_header', 'wrong_version']

/**
 * Notices a server whose connections keep ending at once after the first bytes, which is how a header that one side
 * sends and the other does not expect looks from here; checks it as `doctor` does, and gives one hint.
 */
export class MismatchHint implements Part {
  readonly #options: MismatchHintOptions
  readonly #now: () => number
  readonly #suspects = new Map<string, Suspect>()

  constructor(options: MismatchHintOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /** Those that were found, until a connection of the server goes well again. */
  get found(): readonly Diagnosis[] {
    return [...this.#suspects.values()].flatMap(({ diagnosis }) => diagnosis ?? [])
  }

  /** At the end of each connection. */
  record(record: AccessRecord): void {
    const { server: id } = record
    if (id === undefined || record.endpoint === undefined) return
    if (!endedAtOnce(record)) {
      if (record.bytes_out > FIRST_BYTES) this.#suspects.delete(id)
      return
    }
    const suspect = this.#suspects.get(id) ?? {
      endings: 0,
      checkedAt: undefined,
      hinted: undefined,
      diagnosis: undefined,
    }
    this.#suspects.set(id, suspect)
    suspect.endings++
    const isDue = suspect.checkedAt === undefined || this.#now() - suspect.checkedAt >= AGAIN_MS
    if (suspect.endings < ENDINGS || !isDue) return
    suspect.checkedAt = this.#now()
    suspect.endings = 0
    void this.#check(id, suspect)
  }

  async #check(id: string, suspect: Suspect): Promise<void> {
    const server = this.#options.serverOf(id)
    if (server === undefined) {
      this.#suspects.delete(id)
      return
    }
    const diagnosis = await this.#options.diagnose(server)
    suspect.diagnosis = MISMATCHES.includes(diagnosis.verdict) ? diagnosis : undefined
    const said = `${diagnosis.verdict} ${diagnosis.fix}`
    if (!MISMATCHES.includes(diagnosis.verdict) || suspect.hinted === said) return
    suspect.hinted = said
    this.#options.hint(diagnosis)
  }
}

interface Suspect {
  endings: number
  checkedAt: number | undefined
  /** The hint that was given. */
  hinted: string | undefined
  /** What is wrong now. */
  diagnosis: Diagnosis | undefined
}

/** The backend closed before its first byte, or right behind it. */
function endedAtOnce({ reason, bytes_out, ms }: AccessRecord): boolean {
  switch (reason) {
    case 'server_down':
      return true
    case 'server_closed':
    case 'server_reset':
      return bytes_out <= FIRST_BYTES && (ms.relay ?? 0) < AT_ONCE_MS
    default:
      return false
  }
}
