import type { KeyTable, SubTable } from '../config/key-table.ts'
import { readTable } from '../config/read-table.ts'
import type { Provider } from './contract.ts'
import type { ProviderContext } from './load.ts'

/** A provider that is part of a program and has a table of its own in `infrarust.toml`; the table, even an empty one, turns it on. */
export interface BuiltInProvider {
  /** Of the provider and of its table: `docker` for `[docker]`. */
  readonly name: string
  /** The row of its table among those of `infrarust.toml`. */
  readonly row: SubTable
  /** Folder of its code, as a URL: what is thrown there is no fault of a provider of the operator's own. */
  readonly codeFolder: string
  /** How one sets a key of a server that comes from here. */
  setKey(key: string, value: string, source: string): string
  /** @param written its table as a TOML parser gives it; what is wrong in it has been told by whoever read the whole file */
  configure(written: unknown): ConfiguredProvider
}

/** A built-in provider with what its table says. */
export interface ConfiguredProvider {
  readonly name: string
  /** What its table says, defaults filled in: one that is told the same again need not be opened anew. */
  readonly settings: unknown
  open(context: ProviderContext): Provider
}

/** What makes a built-in provider; its package says so once, and a program lists it. */
export interface BuiltInProviderParts<Settings> extends Pick<BuiltInProvider, 'name' | 'codeFolder' | 'setKey'> {
  /** What the reference says of its table. */
  readonly description: string
  /** Each takes effect at once: other settings open another provider. */
  readonly keys: KeyTable<Settings>
  /** Makes the provider, which does nothing before it is started. */
  open(settings: Settings, context: ProviderContext): Provider
}

/** A provider to be listed among the built-in ones of a program. */
export function builtInProvider<Settings>(parts: BuiltInProviderParts<Settings>): BuiltInProvider {
  const { name, description, keys, codeFolder } = parts
  return {
    name,
    codeFolder,
    row: { kind: 'table', name, description, table: keys, isOptional: true },
    setKey: (key, value, source) => parts.setKey(key, value, source),
    configure(written) {
      const settings = readTable(keys, written).value
      return { name, settings, open: (context) => parts.open(settings, context) }
    },
  }
}
