import { dirname } from 'node:path'
import type { KeyTable } from '@infrarust/core/provider'
import type { Environment } from './environment/read-environment.ts'
import { type Replaced, replaceReferences } from './references/replace-references.ts'
import { readTomlFile, type TomlFile } from './toml-file.ts'

/** A TOML file that the operator alone writes: texts in it may name variables and files. */
export type OperatorFile =
  | (Extract<TomlFile, { kind: 'values' }> &
      Pick<Replaced, 'references' | 'files' | 'isPassing'> & {
        /** What is wrong with its references. */
        readonly problems: Replaced['problems']
      })
  | Exclude<TomlFile, { kind: 'values' }>

/**
 * Reads one file, with what its references name in their place.
 *
 * @param path  absolute
 * @param table the keys that may stand in it
 */
export async function readOperatorFile(
  path: string,
  table: KeyTable<unknown>,
  environment: Environment,
): Promise<OperatorFile> {
  const file = await readTomlFile(path)
  if (file.kind !== 'values') return file
  return { ...file, ...(await replaceReferences(file.values, { table, folder: dirname(path), environment })) }
}
