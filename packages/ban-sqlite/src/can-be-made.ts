import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { BanStoreError } from '@infrarust/core/ban-store'

/**
 * A store that is not there is made with its first ban.
 *
 * @throws {BanStoreError} `open` where it could not be made
 */
export function checkCanBeMade(file: string): void {
  if (existsSync(file)) return
  // The folder itself is made, too: one level.
  const folder = existsSync(dirname(file)) ? dirname(file) : dirname(dirname(file))
  try {
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw new BanStoreError('open', file, error instanceof Error ? error.message : String(error))
  }
  if (!statSync(folder).isDirectory()) throw new BanStoreError('open', file, `${folder} is no folder`)
}
