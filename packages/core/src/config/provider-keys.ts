import { type KeyTable, keyTable } from './table.ts'
import { anyTable } from './values/any-table.ts'
import { text } from './values/plain.ts'

/** A provider that is not part of this program, as `infrarust.toml` names it. */
export interface CustomProviderFile {
  readonly use: string | undefined
  readonly options: Readonly<Record<string, unknown>>
}

/** Keys of `[[provider]]`. */
export const providerKeys: KeyTable<CustomProviderFile> = keyTable<CustomProviderFile>({
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
    reload: 'live',
  },
})
