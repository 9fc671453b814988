import { type KeyTable, keyTable } from '../config/key-table.ts'
import { anyTable } from '../config/values/any-table.ts'
import { text } from '../config/values/plain.ts'

/** A provider that is not part of this program, as it is loaded. */
export interface CustomProvider {
  /** A path or the name of a package. */
  readonly use: string
  /** For the provider, which checks it. */
  readonly options: Readonly<Record<string, unknown>>
}

/** A provider that is not part of this program, as `infrarust.toml` names it. */
export interface CustomProviderFile {
  readonly use: string | undefined
  readonly options: Readonly<Record<string, unknown>>
}

const customProviderKeys: KeyTable<CustomProviderFile> = keyTable<CustomProviderFile>({
  use: {
    kind: 'key',
    from: 'operator',
    name: 'use',
    type: text({ maxLength: 4096 }),
    default: undefined,
    absent: 'must be given',
    description: 'Path of its module, relative to this file, or the name of an installed package.',
    example: './http-provider.ts',
    reload: 'live',
  },
  options: {
    kind: 'key',
    from: 'operator',
    name: 'options',
    type: anyTable,
    default: {},
    description: 'What the provider is told: a table of its own keys.',
    example: { url: 'https://panel.example.com/servers' },
    isSecret: true,
    reload: 'live',
  },
})

/** The providers that are not part of this program. */
export interface CustomProviderFiles {
  readonly providers: readonly CustomProviderFile[]
}

/** `[[provider]]` of `infrarust.toml`. */
export const providerKeys: KeyTable<CustomProviderFiles> = keyTable<CustomProviderFiles>({
  providers: {
    kind: 'tables',
    name: 'provider',
    description: 'Servers from providers that are not part of this program.',
    table: customProviderKeys,
  },
})
