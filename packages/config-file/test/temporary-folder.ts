import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder of the test's own, removed with all in it when the file's tests are over. */
export function temporaryFolder(): string {
  // The real path, so that messages can be compared: on some systems the folder for temporary files is a link.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'infrarust-config-')))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
