import { closeSync, constants, type Stats as FileFacts, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { errorCode } from './system-error.ts'

/** What came of reading a file of limited length. */
export type BoundedFile =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'missing' }
  /** A folder, a pipe, a socket or a device. */
  | { readonly kind: 'irregular' }
  | { readonly kind: 'too-long' }
  /** `cause` is the system's error. */
  | { readonly kind: 'unreadable'; readonly cause: unknown }

/**
 * Opening a pipe for reading waits for a writer, and some files of the kernel (`/proc/kmsg`) wait for news: with this flag
 * neither waits. A terminal must not become ours either.
 */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY

const CHUNK_BYTES = 65_536

/**
 * Reads a regular file that is no longer than `limitBytes`. Never waits for a writer and never opens a device: opening some
 * of them does something (a watchdog starts). The length that the system states is not believed: it is 0 for files of the
 * kernel that are endless, and a log grows while it is read.
 *
 * @returns the bytes, or why there are none; never rejects
 */
export async function readBoundedFile(path: string, limitBytes: number): Promise<BoundedFile> {
  let file: FileHandle | undefined
  try {
    const refusal = refusalOf(await stat(path), limitBytes)
    if (refusal !== undefined) return refusal
    file = await open(path, FLAGS)
    // Another file may have taken the name since.
    const facts = await file.stat()
    const lateRefusal = refusalOf(facts, limitBytes)
    if (lateRefusal !== undefined) return lateRefusal
    const content = new Content(facts.size, limitBytes)
    while (!content.isTooLong) {
      const { bytesRead } = await file.read(content.space())
      if (bytesRead === 0) break
      content.take(bytesRead)
    }
    return content.file
  } catch (cause) {
    return failed(cause)
  } finally {
    await file?.close().catch(() => {})
  }
}

/** {@link readBoundedFile} for what must be known before anything else happens. */
export function readBoundedFileSync(path: string, limitBytes: number): BoundedFile {
  let file: number | undefined
  try {
    const refusal = refusalOf(statSync(path), limitBytes)
    if (refusal !== undefined) return refusal
    file = openSync(path, FLAGS)
    const facts = fstatSync(file)
    const lateRefusal = refusalOf(facts, limitBytes)
    if (lateRefusal !== undefined) return lateRefusal
    const content = new Content(facts.size, limitBytes)
    while (!content.isTooLong) {
      const bytesRead = readSync(file, content.space())
      if (bytesRead === 0) break
      content.take(bytesRead)
    }
    return content.file
  } catch (cause) {
    return failed(cause)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function refusalOf(facts: FileFacts, limitBytes: number): BoundedFile | undefined {
  if (!facts.isFile()) return { kind: 'irregular' }
  return facts.size > limitBytes ? { kind: 'too-long' } : undefined
}

function failed(cause: unknown): BoundedFile {
  return errorCode(cause) === 'ENOENT' ? { kind: 'missing' } : { kind: 'unreadable', cause }
}

/** What has been read of a file; one byte more than the limit is asked for, to see that it is longer. */
class Content {
  readonly #limitBytes: number
  #bytes: Buffer
  #length = 0

  constructor(statedBytes: number, limitBytes: number) {
    this.#limitBytes = limitBytes
    // One more, so that the end of a file of the stated length is found without growing.
    this.#bytes = Buffer.allocUnsafe(statedBytes + 1)
  }

  get isTooLong(): boolean {
    return this.#length > this.#limitBytes
  }

  get file(): BoundedFile {
    return this.isTooLong ? { kind: 'too-long' } : { kind: 'bytes', bytes: this.#bytes.subarray(0, this.#length) }
  }

  /** Where the next bytes go. */
  space(): Buffer {
    if (this.#length === this.#bytes.length) {
      const longer = Buffer.allocUnsafe(Math.min(this.#limitBytes + 1, this.#length * 2 + CHUNK_BYTES))
      this.#bytes.copy(longer)
      this.#bytes = longer
    }
    return this.#bytes.subarray(this.#length)
  }

  take(bytes: number): void {
    this.#length += bytes
  }
}
