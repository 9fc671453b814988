import { resolve } from 'node:path'
import type { Diagnostic, Emission, Provider } from '@infrarust/core'
import { DEFAULT_FOLLOW_TIMINGS, type Followed, type FollowTimings, followSource } from './follow-source.ts'
import { isServerFile, planServerFolder, ServerFiles } from './server-files.ts'
import { shownPath } from './toml-file.ts'

export interface FileProviderOptions {
  /** Holds one `*.toml` file for each server; it may be missing and come later. */
  readonly directory: string
  readonly timings?: Partial<FollowTimings>
}

export interface FileProvider extends Provider {
  /** Serves another folder from now on; the last list stays until that one can be read. */
  follow(directory: string): void
}

/** Servers from `servers/*.toml`, one a file; the name of the file is the default id. */
export function fileProvider(options: FileProviderOptions): FileProvider {
  const timings = { ...DEFAULT_FOLLOW_TIMINGS, ...options.timings }
  let directory = resolve(options.directory)
  let followed: Followed | undefined
  return {
    name: 'file',
    async start(emit, signal) {
      const files = new ServerFiles()
      const emitChange = onlyChanges(emit)
      const troubles: Diagnostic[] = []
      let hasListed = false
      const read = async (): Promise<void> => {
        const folder = await files.read(directory)
        if (signal.aborted) return
        if (folder.kind === 'servers') {
          hasListed = true
          emitChange({ servers: folder.servers, diagnostics: [...troubles, ...folder.diagnostics] })
        } else if (folder.kind === 'unreadable') emitChange({ error: folder.problem })
        else if (hasListed)
          emitChange({ error: `${shownPath(directory)} is gone; the last servers stay until it is back` })
        else {
          // Before there was anything, a missing folder is an empty one: a first run has none.
          const message = `${shownPath(directory)} does not exist yet; put a server file into it to serve a domain`
          emitChange({ servers: [], diagnostics: [...troubles, { level: 'warn', message }] })
        }
      }
      followed = followSource(
        {
          plan: () => planServerFolder(directory),
          isRelevant: isServerFile,
          read,
        },
        { signal, timings, report: (message) => troubles.push({ level: 'warn', message }) },
      )
      await followed.first
    },
    follow(next) {
      directory = resolve(next)
      followed?.poke()
    },
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
