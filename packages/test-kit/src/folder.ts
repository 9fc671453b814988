import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder for temporary files that its owner removes. */
export class TemporaryFolder {
  readonly path: string

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    // The real path, so that messages can be compared: on some systems the folder for temporary files is a link.
    this.path = realpathSync(mkdtempSync(join(tmpdir(), 'infrarust-')))
    for (const [name, content] of Object.entries(files)) this.write(name, content)
  }

  /** Writes a file, and the folders that lead to it. */
  write(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true })
    writeFileSync(join(this.path, name), content)
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/**
 * The path of a folder with these files in it.
 *
 * @param goes vitest's hook in which it is removed: with the test unless told otherwise, `afterAll` outside of one
 */
export function folderWith(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  goes: (remove: () => void) => void = onTestFinished,
): string {
  const folder = new TemporaryFolder(files)
  goes(() => folder.remove())
  return folder.path
}
