import { resolve } from 'node:path'
import type { BuiltInBanStore } from '@infrarust/core/ban-store'
import { openSqliteStore } from './sqlite-store.ts'

/** The store of one machine, for the list of ban stores of a program: whatever is no URL is the path of its file. */
export const sqlite: BuiltInBanStore = {
  places: 'a path such as bans.db',
  codeFolder: new URL('.', import.meta.url).href,
  where: (written, folder) => (URL_SCHEME.test(written) ? undefined : resolve(folder, written)),
  open: (file, options) => openSqliteStore({ ...options, file }),
}

const URL_SCHEME = /^[a-z][a-z\d+.-]*:\/\//i
