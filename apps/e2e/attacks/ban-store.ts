/**
 * Puts backups and mistakes in the place of the ban store of a proxy that runs, and sees who gets in: then, and after a
 * restart. Starts a proxy and a backend of its own on loopback, works in a folder of its own, ends by itself.
 *
 *   node attacks/ban-store.ts
 *
 * Prints one line of JSON for each attack. Exit code 1 when somebody got in who was banned, or was kept out who was not.
 */

import { copyFileSync, linkSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  Child,
  freePort,
  isListening,
  loginBytes,
  RawBackend,
  RawClient,
  TemporaryFolder,
  until,
} from '@infrarust/test-kit'
import { command, INFRARUST } from '../fixtures/infrarust-command.ts'

/** How a backup comes to its place. Whoever is banned in it is banned then, and nobody else. */
const RESTORES: Readonly<Record<string, (backup: string, store: string) => void>> = {
  'copied over it': (backup, store) => copyFileSync(backup, store),
  'moved over it': (backup, store) => renameSync(backup, store),
  'linked in its place': (backup, store) => {
    linkSync(backup, `${store}.new`)
    renameSync(`${store}.new`, store)
  },
  'copied after it was removed': (backup, store) => {
    rmSync(store)
    copyFileSync(backup, store)
  },
}

/** What is no store. The bans that there were stay in force while the proxy runs. */
const MISTAKES: Readonly<Record<string, (store: string) => void>> = {
  'cut to nothing': (store) => truncateSync(store, 0),
  'cut in the middle': (store) => truncateSync(store, 5_000),
  'overwritten with a text': (store) => writeFileSync(store, 'no database'.repeat(1_000)),
  'replaced by a folder': (store) => {
    rmSync(store)
    mkdirSync(store)
  },
  removed: (store) => rmSync(store),
}

/** A change is to be noticed within two seconds; what is only copied to its place is waited for a little. */
const NOTICED_MS = 4_000

class AttackedProxy {
  readonly folder: string
  readonly store: string
  readonly #port: number
  #child: Child | undefined

  private constructor(folder: string, port: number) {
    this.folder = folder
    this.store = join(folder, 'bans.db')
    this.#port = port
  }

  static async start(folder: string, backendPort: number): Promise<AttackedProxy> {
    const proxy = new AttackedProxy(folder, await freePort())
    mkdirSync(join(folder, 'servers'))
    const limits = '[rate_limit]\nmax_connections = 0\nstatus_max = 0\n'
    writeFileSync(join(folder, 'infrarust.toml'), `bind = "127.0.0.1:${proxy.#port}"\n${limits}`)
    const server = `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backendPort}"]\n`
    writeFileSync(join(folder, 'servers', 'a.toml'), server)
    await proxy.run()
    return proxy
  }

  async run(): Promise<void> {
    const child = new Child(process.execPath, [INFRARUST, '--config', join(this.folder, 'infrarust.toml')])
    this.#child = child
    await child.ready(() => isListening(this.#port), 'to listen')
  }

  async stop(): Promise<void> {
    await this.#child?.stop()
  }

  async ban(verb: 'add' | 'remove', name: string): Promise<number | null> {
    return (await command('ban', verb, name, '--config', join(this.folder, 'infrarust.toml'))).code
  }

  async letsIn(name: string): Promise<boolean> {
    const client = await RawClient.open(this.#port)
    client.send(loginBytes('a.example.com', name))
    await until(() => client.received.length > 0, `an answer for ${name}`)
    const isIn = client.received.toString('latin1').includes('hello')
    client.destroy()
    return isIn
  }

  /** Waits until this is who gets in; who does in the end. */
  async becomes(names: readonly string[], expected: readonly boolean[]): Promise<readonly boolean[]> {
    for (const endsAt = performance.now() + NOTICED_MS; ; ) {
      const found: boolean[] = []
      for (const name of names) found.push(await this.letsIn(name))
      if (found.join() === expected.join() || performance.now() > endsAt) return found
    }
  }
}

const NAMES = ['Before', 'Both', 'Later'] as const
let failed = 0

async function attack(
  title: string,
  run: (proxy: AttackedProxy, backup: string) => Promise<readonly [string, string]>,
) {
  const { path: folder } = new TemporaryFolder()
  const backend = await RawBackend.start()
  const proxy = await AttackedProxy.start(folder, backend.port)
  try {
    await proxy.ban('add', 'Before')
    await proxy.ban('add', 'Both')
    const backup = join(folder, 'backup.db')
    copyFileSync(proxy.store, backup)
    await proxy.ban('remove', 'Before')
    await proxy.ban('add', 'Later')
    const [found, expected] = await run(proxy, backup)
    if (found !== expected) failed++
    console.log(JSON.stringify({ store: title, letsIn: found, expected, held: found === expected }))
  } finally {
    await proxy.stop()
    await backend.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

for (const [title, restore] of Object.entries(RESTORES))
  await attack(title, async (proxy, backup) => {
    const expected = [false, false, true]
    restore(backup, proxy.store)
    const running = await proxy.becomes(NAMES, expected)
    await proxy.stop()
    await proxy.run()
    const restarted = await proxy.becomes(NAMES, expected)
    return [`${running}; ${restarted}`, `${expected}; ${expected}`]
  })
for (const [title, mistake] of Object.entries(MISTAKES))
  await attack(title, async (proxy) => {
    const expected = [true, false, false]
    mistake(proxy.store)
    // Long enough for the proxy to have noticed.
    const seen: string[] = []
    for (const endsAt = performance.now() + NOTICED_MS; performance.now() < endsAt; )
      seen.push((await proxy.becomes(NAMES, expected)).join())
    return [[...new Set(seen)].join('; '), expected.join()]
  })
process.exit(failed === 0 ? 0 : 1)
