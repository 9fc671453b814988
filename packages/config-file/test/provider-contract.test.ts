import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ProviderSubject, providerContract } from '@infrarust/core/testing'
import { folderWith } from '@infrarust/test-kit'
import { afterAll } from 'vitest'
import { fileProvider } from '../src/index.ts'

const root = folderWith({}, afterAll)

providerContract('file', async (): Promise<ProviderSubject> => {
  const folder = await mkdtemp(join(root, 'source-'))
  const servers = join(folder, 'servers')
  const away = join(folder, 'away')
  await mkdir(servers)
  return {
    provider: () => fileProvider({ directory: servers, timings: { quietMs: 20, latestMs: 200 } }),
    async put(key, domains) {
      await writeFile(join(folder, 'next'), `domains = ${JSON.stringify(domains)}\naddresses = ["127.0.0.1"]\n`)
      await rename(join(folder, 'next'), join(servers, `${key}.toml`))
    },
    spoil: (key) => writeFile(join(servers, `${key}.toml`), 'domains = ['),
    remove: (key) => rm(join(servers, `${key}.toml`)),
    // A file in its place: permissions would not stop a test that runs as root.
    async makeUnreadable() {
      await rename(servers, away)
      await writeFile(servers, '')
    },
    async makeReadable() {
      await rm(servers)
      await rename(away, servers)
    },
    dispose: () => rm(folder, { recursive: true }),
  }
})
