import { type BuiltInProvider, builtInProvider } from '@infrarust/core/provider'
import { dockerKeys } from './docker-keys.ts'
import { dockerProvider } from './provider.ts'

/** `[docker]`, for the list of built-in providers of a program. */
export const docker: BuiltInProvider = builtInProvider({
  name: 'docker',
  description: 'Servers from the labels of containers; the table, even an empty one, turns it on.',
  keys: dockerKeys,
  codeFolder: new URL('.', import.meta.url).href,
  setKey: (key, value, source) => `the label infrarust.${key}=${value} on ${source}`,
  open: (config, { baseDir }) => dockerProvider({ config, baseDir }),
})
