/**
 * What whoever may label containers tries, on a Docker Engine of its own: files of the machine, addresses that are not the
 * container's, names of others, endless labels. Needs root and dockerd; loopback and a network of its own, ends by itself.
 *
 *   node attacks/labels.ts
 *
 * Prints one line of JSON for each attack: what a client sees that asks for `victim.example.com`, and what the log says of the
 * container. Exit code 1 when a client was led to a server that is not the container's, or the proxy has ended.
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  Child,
  freePort,
  isListening,
  RawBackend,
  RawClient,
  statusBytes,
  TemporaryFolder,
  until,
} from '@infrarust/test-kit'
import { Dockerd } from '../fixtures/dockerd.ts'
import { INFRARUST } from '../fixtures/infrarust-command.ts'

/** A service of this machine that no label may lead to; it says `hello`. */
const victim = await RawBackend.start()

const many = (count: number, label: (index: number) => readonly [string, string]): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => label(index)))

const ATTACKS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a file that never ends': { 'infrarust.ip_filter.blacklist_file': '/proc/self/pagemap' },
  'a secret file': {
    'infrarust.ip_filter.blacklist_file': '/etc/shadow',
    'infrarust.motd.online.favicon': '/etc/shadow',
  },
  'a device': { 'infrarust.ip_filter.whitelist_file': '/dev/zero' },
  'an address of this machine': { 'infrarust.addresses': `127.0.0.1:${victim.port}` },
  'an address of this machine, mapped': { 'infrarust.addresses': `[::ffff:127.0.0.1]:${victim.port}` },
  'a name of this machine': { 'infrarust.addresses': `localhost:${victim.port}` },
  'its own address and another one': { 'infrarust.addresses': `custom:25565,127.0.0.1:${victim.port}` },
  'a socket of this machine': { 'infrarust.addresses': 'unix:/run/docker.sock' },
  'every name': { 'infrarust.domains': '*', 'infrarust.addresses': `127.0.0.1:${victim.port}` },
  'the default server': { 'infrarust.default': 'true', 'infrarust.addresses': `127.0.0.1:${victim.port}` },
  'line ends in names': { 'infrarust.name': 'a\nb\u001b[2J', 'infrarust.addresses': `127.0.0.1:${victim.port}` },
  'thousands of labels': many(3_000, (index) => [`infrarust.s${index}.domains`, `s${index}.example.com`]),
  'a label of a megabyte': { 'infrarust.motd.online.text': 'x'.repeat(1_000_000) },
}

const { path: folder } = new TemporaryFolder()
const dockerd = await Dockerd.start()
await dockerd.network('games')
const port = await freePort()
mkdirSync(join(folder, 'servers'))
writeFileSync(
  join(folder, 'infrarust.toml'),
  `bind = "127.0.0.1:${port}"\n[rate_limit]\nmax_connections = 0\nstatus_max = 0\n[status_cache]\nttl = "0s"\n[docker]\nendpoint = "${dockerd.endpoint}"\n`,
)
const proxy = new Child(process.execPath, [INFRARUST, '--config', join(folder, 'infrarust.toml')])
await proxy.ready(() => isListening(port), 'to listen')

async function statusAt(domain: string): Promise<string> {
  const client = await RawClient.open(port)
  client.send(statusBytes(domain))
  await until(() => client.received.length > 0 || proxy.hasEnded, `an answer for ${domain}`)
  const answer = client.received.toString('utf8').replaceAll(/[^ -~]/g, '')
  client.destroy()
  return answer
}

let failed = 0
for (const [title, labels] of Object.entries(ATTACKS)) {
  const before = proxy.lines.length
  const common = { 'infrarust.enable': 'true', 'infrarust.domains': 'victim.example.com', 'infrarust.port': '25565' }
  await dockerd.run('custom', { network: 'games', labels: { ...common, ...labels } })
  await dockerd.run('friend', {
    network: 'games',
    says: 'served',
    labels: { 'infrarust.enable': 'true', 'infrarust.domains': 'friend.example.com' },
  })
  // Both have been read as soon as the harmless one is served.
  await until(async () => (await statusAt('friend.example.com')).includes('served sees'), 'the harmless container')
  const answers = [await statusAt('victim.example.com'), await statusAt('elsewhere.example.org')]
  const held = !proxy.hasEnded && victim.connections.length === 0
  if (!held) failed++
  const lines = proxy.lines.slice(before).filter((line) => line.includes('custom'))
  console.log(JSON.stringify({ labels: title, answers, lines: lines.length, first: lines[0]?.slice(0, 300), held }))
  await dockerd.clear()
  await until(async () => !(await statusAt('friend.example.com')).includes('served sees'), 'the end of both')
}
await proxy.stop()
await victim.stop()
await dockerd.dispose()
rmSync(folder, { recursive: true, force: true })
process.exit(failed === 0 ? 0 : 1)
