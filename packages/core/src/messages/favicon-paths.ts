import { isAbsolute, resolve } from 'node:path'
import { isRecord } from '../config/read-table.ts'

/**
 * The values of a file with the favicon paths of its `[motd]` made absolute, so that reading them does not depend on
 * where the program was started.
 *
 * @param motd   `motd` for a server, `default_motd` for `infrarust.toml`
 * @param folder where relative paths begin; without one they stay as they are, and are refused when they are read
 */
export function withAbsoluteFavicons(written: unknown, motd: string, folder: string | undefined): unknown {
  if (folder === undefined || !isRecord(written)) return written
  const states = written[motd]
  if (!isRecord(states)) return written
  const absolute = Object.entries(states).map(([state, entry]) => [state, inFolder(entry, folder)])
  return { ...written, [motd]: Object.fromEntries(absolute) }
}

/**
 * The files of the pictures that the values of a file name: whoever follows that file follows them too.
 *
 * @param motd as for `withAbsoluteFavicons`, and `folder` too
 */
export function pictureFiles(written: unknown, motd: string, folder: string | undefined): readonly string[] {
  const absolute = withAbsoluteFavicons(written, motd, folder)
  const states = isRecord(absolute) ? absolute[motd] : undefined
  if (!isRecord(states)) return []
  const favicons = Object.values(states).map((entry) => (isRecord(entry) ? entry.favicon : undefined))
  return favicons.filter((favicon) => typeof favicon === 'string').filter((favicon) => isAbsolute(favicon))
}

function inFolder(entry: unknown, folder: string): unknown {
  if (!isRecord(entry) || typeof entry.favicon !== 'string') return entry
  const { favicon } = entry
  // Not a path: a data URI, an address to download from, or the base64 of a PNG alone.
  const isPath = !/^(data|https?):|^iVBORw0KGgo/i.test(favicon)
  return isPath && !isAbsolute(favicon) ? { ...entry, favicon: resolve(folder, favicon) } : entry
}
