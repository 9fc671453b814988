import { dirname, resolve } from 'node:path'
import { type GatewayConfig, type ProgramKeys, pictureFiles, reload } from '@infrarust/core'
import { changesBetween } from './changes.ts'
import { DEFAULT_FOLLOW_TIMINGS, type FollowTimings, followSource } from './follow-source.ts'
import { defaultGatewayConfig, type GatewayOverrides, type LoadedGateway, loadGatewayConfig } from './gateway-file.ts'
import { shownPath } from './toml-file.ts'
import { planWatch, type WatchPlan } from './watch-plan.ts'

/** What came of a change of `infrarust.toml`. */
export type GatewayChange<Own = unknown> =
  | {
      readonly kind: 'reloaded'
      /** In force from now on; what needs a restart is in it as it was. */
      readonly config: GatewayConfig & Own
      /** `max_connections: 1000 → 2000`, one line a key; empty where a refused file was put back as it was. */
      readonly changes: readonly string[]
      /** Names of the keys that differ from what runs and wait for a restart. */
      readonly needRestart: readonly string[]
      /** What was written just now and does nothing, one line each. */
      readonly warnings: readonly string[]
    }
  /** The file is wrong or gone: what was in force stays. One line each. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] }

export interface WatchGatewayOptions<Own = unknown> {
  readonly path: string
  readonly overrides?: GatewayOverrides
  /** As `loadGatewayConfig` was told. */
  readonly program?: ProgramKeys<Own>
  /** What the program started with: from `loadGatewayConfig`, or `defaultGatewayConfig` where there was no file. */
  readonly running: Extract<LoadedGateway<Own>, { kind: 'config' }>
  readonly onChange: (change: GatewayChange<Own>) => void
  /** Something that the operator should know and that changes nothing. */
  readonly report: (message: string) => void
  readonly signal: AbortSignal
  readonly timings?: Partial<FollowTimings>
}

export interface GatewayWatch {
  /** Settles when the file is watched and was read once more. */
  readonly first: Promise<void>
  /** Reads the file at once, noticed or not; resolves when what it changes has been reported. */
  readNow(): Promise<void>
}

/**
 * Follows `infrarust.toml`: each change that says something else is reported once. A file that was never there may be
 * missing and come later; one that goes away, or becomes empty, leaves everything as it is.
 */
export function watchGatewayConfig<Own>(options: WatchGatewayOptions<Own>): GatewayWatch {
  const path = resolve(options.path)
  let running = options.running.config
  let written = options.running.written
  let { warnings } = options.running
  let { isEmpty, isWithheld, files } = options.running
  let wasThere = options.running.source === 'file'
  let lastRefusal = ''
  const picturesOf = (values: unknown): readonly string[] => pictureFiles(values, 'default_motd', dirname(path))

  const read = async (): Promise<'done' | 'passing'> => {
    let loaded = await loadGatewayConfig(path, options.overrides, options.program)
    if (options.signal.aborted) return 'done'
    if (loaded.kind === 'missing') {
      loaded = wasThere
        ? { kind: 'problems', problems: [`${shownPath(path)}: the file is gone`], files }
        : defaultGatewayConfig(dirname(path), options.overrides, options.program)
    } else wasThere = true
    // The defaults have no filter and no limit on who may send headers: a full disk or a half-done copy must not lift them.
    if (loaded.kind === 'config' && loaded.isEmpty && !isEmpty)
      loaded = {
        kind: 'problems',
        problems: [`${shownPath(path)}: the file is empty; if that is meant, restart`],
        files,
      }
    noteFiles(loaded.kind === 'missing' ? [] : loaded.files)
    if (loaded.kind === 'problems') refuse(loaded.problems)
    else if (loaded.kind === 'config') accept(loaded)
    return loaded.kind === 'problems' && loaded.isPassing === true ? 'passing' : 'done'
  }

  /** Those that are named for the first time are watched from the next plan on, and may change before that. */
  const noteFiles = (named: readonly string[]): void => {
    const isNew = named.some((file) => !files.includes(file))
    files = named
    if (isNew) followed.poke()
  }

  const refuse = (problems: readonly string[]): void => {
    const text = problems.join('\n')
    if (text === lastRefusal) return
    lastRefusal = text
    options.onChange({ kind: 'refused', problems })
  }

  const accept = (loaded: Extract<LoadedGateway<Own>, { kind: 'config' }>): void => {
    const isMended = lastRefusal !== ''
    lastRefusal = ''
    isEmpty = loaded.isEmpty
    const wasWithheld = isWithheld
    isWithheld = loaded.isWithheld
    const inFile = changesBetween(written, loaded.written, (path) => wasWithheld(path) || loaded.isWithheld(path))
    const isOtherPicture = inFile.length === 0 && !haveSamePictures(running, loaded.config)
    const changes = isOtherPicture ? ['default_motd: another picture in the same file'] : inFile
    // After a refusal the same content is news too: the operator waits for the word that it is right again.
    if (changes.length === 0 && !isMended) return
    const { config, needRestart } = reload<Own>(running, loaded.config, options.program)
    running = config
    const hasNewPictures = picturesOf(loaded.written).some((picture) => !picturesOf(written).includes(picture))
    written = loaded.written
    if (hasNewPictures) followed.poke()
    const told = new Set(warnings.map(({ key }) => key))
    warnings = loaded.warnings
    const news = warnings.filter(({ key }) => !told.has(key)).map(({ message }) => message)
    options.onChange({ kind: 'reloaded', config, changes, needRestart, warnings: news })
  }

  const followed = followSource(
    {
      plan: async () => {
        const plan: WatchPlan = new Map()
        for (const name of [path, ...picturesOf(written), ...files]) await planWatch(name, plan)
        return plan
      },
      isRelevant: () => false,
      read,
    },
    { signal: options.signal, timings: { ...DEFAULT_FOLLOW_TIMINGS, ...options.timings }, report: options.report },
  )
  return followed
}

/** A picture is read with the configuration; its file may have another content under the same name. */
function haveSamePictures(a: GatewayConfig, b: GatewayConfig): boolean {
  return JSON.stringify(a.defaultMotd) === JSON.stringify(b.defaultMotd)
}
