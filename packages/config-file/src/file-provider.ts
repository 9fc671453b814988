import { join, resolve } from 'node:path'
import type { Diagnostic, Emission, Provider } from '@infrarust/core/provider'
import type { Environment } from './environment/read-environment.ts'
import { DEFAULT_FOLLOW_TIMINGS, type Followed, type FollowTimings, followSource } from './follow-source.ts'
import { planServerFolder, ServerFiles, type ServerFolder } from './server-files.ts'
import { isMeantAsServerFile, misplacedFiles } from './stray-files.ts'
import { shownPath } from './toml-file.ts'
import { planWatch } from './watch-plan.ts'

export interface FileProviderOptions {
  /** Holds one `*.toml` file for each server; it may be missing and come later. */
  readonly directory: string
  /** The folder of `infrarust.toml`, where server files are put by mistake; absent: nobody looks there. */
  readonly configFolder?: string
  /** What `${NAME}` in a server file may name: the variables of the process as they were at its start. Default: none. */
  readonly environment?: Environment
  readonly timings?: Partial<FollowTimings>
}

export interface FileProvider extends Provider {
  /** Serves another folder from now on; the last list stays until that one can be read. */
  follow(directory: string): void
  /** Reads its files at once, noticed or not; resolves when their list is emitted. Does nothing before `start`. */
  readNow(): Promise<void>
}

/** Servers from `servers/*.toml`, one a file; the name of the file is the default id. */
export function fileProvider(options: FileProviderOptions): FileProvider {
  const timings = { ...DEFAULT_FOLLOW_TIMINGS, ...options.timings }
  let directory = resolve(options.directory)
  let followed: Followed | undefined
  return {
    name: 'file',
    writer: 'operator',
    async start(emit, signal) {
      const files = new ServerFiles(options.environment ?? {})
      const emitChange = onlyChanges(emit)
      const troubles: Diagnostic[] = []
      // At the start a missing folder is an empty one: a first run has none. Later it is a source that is gone.
      let hasSeenFolder = false
      const read = async (): Promise<'done' | 'passing'> => {
        const before = files.named
        const folder = await files.read(directory)
        if (signal.aborted) return 'done'
        // What is named for the first time is watched from the next plan on, and may change before that.
        if ([...files.named].some((file) => !before.has(file))) followed?.poke()
        if (folder.kind !== 'missing') hasSeenFolder = true
        const { configFolder } = options
        const misplaced = configFolder === undefined ? [] : await misplacedFiles(configFolder, directory)
        if (signal.aborted) return 'done'
        emitChange(emissionOf(folder, directory, hasSeenFolder, [...troubles, ...misplaced]))
        return folder.kind !== 'missing' && folder.isPassing ? 'passing' : 'done'
      }
      followed = followSource(
        {
          plan: async () => {
            const plan = await planServerFolder(directory, files.named)
            if (options.configFolder !== undefined) await planWatch(join(options.configFolder, '.toml'), plan)
            return plan
          },
          isRelevant: isMeantAsServerFile,
          read,
        },
        { signal, timings, report: (message) => troubles.push({ level: 'warn', message }) },
      )
      await followed.first
    },
    follow(next) {
      if (resolve(next) === directory) return
      directory = resolve(next)
      followed?.poke()
    },
    readNow: async () => await followed?.readNow(),
  }
}

function emissionOf(
  folder: ServerFolder,
  directory: string,
  hasSeenFolder: boolean,
  troubles: readonly Diagnostic[],
): Emission {
  switch (folder.kind) {
    case 'servers':
      return { servers: folder.servers, diagnostics: [...troubles, ...folder.diagnostics] }
    case 'unreadable':
      return { error: folder.problem }
    case 'missing': {
      if (hasSeenFolder) return { error: `${shownPath(directory)} is missing; the last servers stay until it is there` }
      const message = `${shownPath(directory)} does not exist yet; put a server file into it to serve a domain`
      return { servers: [], diagnostics: [...troubles, { level: 'warn', message }] }
    }
  }
}

/** Leaves out an emission that says the same as the one before: a touched file, an editor's temporary one. */
function onlyChanges(emit: (emission: Emission) => void): (emission: Emission) => void {
  let last = ''
  return (emission) => {
    const text = JSON.stringify(emission, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
    if (text === last) return
    last = text
    emit(emission)
  }
}
