import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Diagnostic } from '@infrarust/core/provider'
import { readTomlFile, shownPath } from './toml-file.ts'

/** A folder of many other TOML files is not searched to its end for a mistake that is made with one or two. */
const MOST_LOOKED_AT = 20

/** Far more than are put under a wrong name by mistake; each is a line in the log. */
const MOST_NAMED = 20

/** The name that a file was probably meant to have. Copies and other files of an editor are not meant as servers. */
const MEANT = /^([^.#].*?)(?:\.toml\.txt|\.toml\s*|\.tml|\.ya?ml|\.json)$/i

/** Whether a name is that of a server file. Editors keep their copies as `.#a.toml`, `.a.toml.swp`, `a.toml~`. */
export function isServerFile(name: string): boolean {
  return name.endsWith('.toml') && !name.startsWith('.')
}

/** Whether a file of this name matters: it is a server file, or probably meant as one. */
export function isMeantAsServerFile(name: string): boolean {
  return isServerFile(name) || MEANT.test(name)
}

/** Files in the folder of server files that are meant as such and are not read, for their names. */
export function misnamedFiles(folder: string, names: readonly string[]): readonly Diagnostic[] {
  return names
    .filter((name) => isMeantAsServerFile(name) && !isServerFile(name))
    .sort()
    .slice(0, MOST_NAMED)
    .map((name) => {
      const stem = MEANT.exec(name)?.[1] ?? name
      const isToml = /\.(toml\s*|toml\.txt|tml)$/i.test(name)
      const advice = isToml ? `rename it to ${stem}.toml` : `write it as TOML and name it ${stem}.toml`
      return warning(`${shownPath(join(folder, name))}: is not read as a server file; ${advice}`)
    })
}

/** Server files that lie beside `infrarust.toml`, and not in the folder that is read. */
export async function misplacedFiles(configFolder: string, serversFolder: string): Promise<readonly Diagnostic[]> {
  if (resolve(configFolder) === resolve(serversFolder)) return []
  const diagnostics: Diagnostic[] = []
  for (const name of await tomlFilesOf(configFolder)) {
    const path = join(configFolder, name)
    const file = await readTomlFile(path)
    if (file.kind !== 'values' || !('domains' in file.values || 'addresses' in file.values)) continue
    const place = shownPath(join(serversFolder, name))
    diagnostics.push(warning(`${shownPath(path)}: looks like a server file and is not read here; move it to ${place}`))
  }
  return diagnostics
}

async function tomlFilesOf(folder: string): Promise<readonly string[]> {
  try {
    const names = (await readdir(folder)).filter((name) => isServerFile(name) && name !== 'infrarust.toml')
    return names.sort().slice(0, MOST_LOOKED_AT)
  } catch {
    // Whoever reads infrarust.toml in it says why.
    return []
  }
}

function warning(message: string): Diagnostic {
  return { level: 'warn', message }
}
