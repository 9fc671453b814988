import { mkdirSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { transport } from 'pino'
import type { LogConfig } from './log-keys.ts'
import type { Sink } from './output.ts'
import type { ToRollingFile } from './rolling-file-thread.ts'

export interface RollingFileOptions extends Pick<LogConfig, 'fileMaxBytes' | 'fileRotation' | 'fileKeep'> {
  /** `access.log` becomes `access.1.log`, `access.2.log`, …; `current.log` beside them leads to the newest. */
  readonly file: string
  /** The file cannot be written; it is tried again after a while. */
  readonly report: (error: Error) => void
  readonly retryMs?: number
}

/** A file that is rotated by size and time, written by a thread of its own: a slow disk stops that thread only. */
export class RollingFile implements Sink {
  readonly #options: RollingFileOptions
  #thread: Thread | undefined
  /** To the next attempt, where there is no thread. */
  #retry: NodeJS.Timeout | undefined
  #isFull = false
  #drained: (() => void) | undefined

  constructor(options: RollingFileOptions) {
    this.#options = options
    this.#open()
  }

  /** The queue is the 4 MiB that the thread shares. Without a thread every line is one that did not fit. */
  get writableNeedDrain(): boolean {
    return this.#isFull || this.#thread === undefined
  }

  onDrain(listener: () => void): void {
    this.#drained = listener
  }

  write(line: string): void {
    this.#isFull = this.#thread?.write(line) === false
  }

  flushed(): Promise<void> {
    const thread = this.#thread
    return thread === undefined ? Promise.resolve() : new Promise((resolve) => thread.flush(() => resolve()))
  }

  /**
   * Opens it again under its name: whoever has moved it away (logrotate) gets a new one. A file that could not be written is
   * tried at once.
   */
  reopen(): void {
    if (this.#thread === undefined) {
      clearTimeout(this.#retry)
      this.#open()
    } else this.#thread.emit('message', 'reopen' satisfies ToRollingFile)
  }

  #open(): void {
    const { file, fileMaxBytes, fileRotation, fileKeep, report, retryMs = RETRY_MS } = this.#options
    // The thread makes it too, but does not wait for it before it makes the link in it.
    makeFolder(file)
    const thread = transport({
      target: THREAD,
      options: {
        file,
        size: `${fileMaxBytes}b`,
        ...(fileRotation !== 'size' && { frequency: fileRotation }),
        limit: { count: fileKeep, removeOtherLogFiles: true },
        symlink: true,
        mkdir: true,
        // With 0, its default, it calls a flush done while the last write is still on its way.
        minLength: 1,
      },
      // At the end it would wait for the disk, with the whole proxy.
      worker: { autoEnd: false },
    })
    // A file that could be opened again has room too.
    thread.on('ready', () => this.#drained?.())
    thread.on('drain', () => {
      this.#isFull = false
      this.#drained?.()
    })
    thread.on('error', (error: Error) => {
      if (this.#thread !== thread) return
      this.#thread = undefined
      report(error)
      this.#retry = setTimeout(() => this.#open(), retryMs).unref()
    })
    this.#isFull = false
    this.#thread = thread
  }
}

/** Where that cannot be, the thread reports it. */
function makeFolder(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
  } catch {}
}

const THREAD = new URL(`./rolling-file-thread${extname(import.meta.url)}`, import.meta.url).href

/** How long a file that could not be written is left alone. */
const RETRY_MS = 30_000

type Thread = ReturnType<typeof transport>
