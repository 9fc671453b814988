export { sqlite } from './built-in.ts'
export { openSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts'
