import {
  type AccessRecord,
  type ClientPrefixes,
  clientKey,
  type Notice,
  REASON_NAMES,
  reasonRow,
} from '@infrarust/core'
import type { Logger } from 'pino'
import { isHarmlessPing, logAccess } from '../log/access.ts'
import { Flood } from '../log/flood.ts'
import type { WithLog } from '../log/log-keys.ts'
import { addressShortener, type ShownAddress } from '../log/shown-address.ts'
import type { Part } from './part.ts'

/**
 * Writes what connections end in, and no flood of it. Every refused connection is in exactly one line, its own or a count,
 * unless it is a list ping and `[log] pings` does not want those.
 */
export class ConnectionLog implements Part {
  readonly #logger: Logger
  readonly #refusals: Flood
  readonly #notices: Flood
  readonly #prefixes: () => ClientPrefixes
  #arePingsLogged = true
  #shorten: ShownAddress | undefined

  /** @param prefixes how much of an address names one client, at this moment */
  constructor(config: WithLog, logger: Logger, prefixes: () => ClientPrefixes) {
    this.#logger = logger
    this.#prefixes = prefixes
    this.useConfig(config)
    this.#refusals = new Flood({
      summarize: (reason, count) =>
        logger.info({ event: 'refusals', reason, count }, `${count} more connections were refused: ${reason}`),
    })
    this.#notices = new Flood({
      summarize: (level, count) =>
        logger.warn({ event: 'notices', count }, `${count} more lines of level ${level} in one second`),
    })
  }

  useConfig({ log }: WithLog): void {
    this.#arePingsLogged = log.arePingsLogged
    this.#shorten = addressShortener(log)
  }

  /** @param headerFault what was wrong with its PROXY header, in the documented words */
  record(record: AccessRecord, headerFault: string | undefined): void {
    if (!this.#arePingsLogged && isHarmlessPing(record)) return
    const { reason, ms, client } = record
    // A session that a ban has ended was no refusal: its line has its bytes and its time.
    const isRefusal = ms.relay === undefined && REFUSALS.has(reason)
    if (isRefusal && !this.#refusals.shows(reason, clientKey(client, this.#prefixes()))) return
    logAccess(this.#logger, record, headerFault, this.#shorten)
  }

  /** What is told beside the records, such as what was wrong with each header of a flood of them. */
  notice({ level, message, messageWith }: Notice): void {
    if (level !== 'error' && !this.#notices.shows(level, undefined)) return
    const shorten = this.#shorten
    this.#logger[level](shorten === undefined || messageWith === undefined ? message : messageWith(shorten))
  }

  /** Writes the counts that are left. */
  stop(): void {
    this.#refusals.flush()
    this.#notices.flush()
  }
}

/** Looked up once: the rows have many shapes, and each connection passes here. */
const REFUSALS: ReadonlySet<string> = new Set(REASON_NAMES.filter((reason) => reasonRow(reason).isRefusal))
