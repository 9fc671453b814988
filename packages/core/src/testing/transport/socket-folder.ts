import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UnixName } from '../../entries/transport.ts'

/** A folder for the Unix sockets of one test: short, for their paths are. */
export class SocketFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'u-'))
  #last = 0

  /** Another one each time. */
  socket(name: string = String(++this.#last)): UnixName {
    return `unix:/${this.path.slice(1)}/${name}`
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
