import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { decode } from '@infrarust/proxy-protocol'
import { folderWith, loginBytes, until } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { waitingKeys } from '../src/check/waiting-keys.ts'
import { connected } from './client.ts'
import { Running } from './running.ts'

const KEY = 'the-key-of-this-test'
const TOML = `[log]\nformat = "json"\n[web]\nbind = "127.0.0.1:0"\napi_key = "${KEY}"\n`

let folder = ''
let proxy: Running
let backendPort = 0
/** What the backend has got. */
let received = Buffer.alloc(0)

/** With one server. */
async function start(): Promise<void> {
  received = Buffer.alloc(0)
  const backend = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes])
      socket.write('hello')
    })
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void backend.close())
  await once(backend, 'listening')
  backendPort = (backend.address() as AddressInfo).port
  const server = `# The survival world.\n\ndomains = ["a.example.com"]\naddresses = ["127.0.0.1:${backendPort}"]\nsend_proxy_protocol = true\n\n[proxy_protocol]\nadd_authority = true\nadd_unique_id = true\nadd_crc32c = true\n`
  folder = folderWith({ 'infrarust.toml': TOML, 'servers/survival.toml': server })
  proxy = new Running(folder, [], {}, { bind: '127.0.0.1:0' })
  await proxy.logged('"survival" added')
}

async function asked<Data>(path: string): Promise<Data> {
  const { url } = await proxy.line(({ event }) => event === 'web')
  const answer = await fetch(`${url}api/v1${path}`, { headers: { authorization: `Bearer ${KEY}` } })
  return ((await answer.json()) as { data: Data }).data
}

interface Key {
  readonly key: string
  readonly value: unknown
  readonly place: string | null
}

describe('GET /servers', { timeout: 60_000 }, () => {
  it('says where in its file a server begins', async () => {
    await start()
    const place = 'servers/survival.toml:3:1'
    expect(await asked('/servers')).toMatchObject([{ source: 'servers/survival.toml', place }])
    expect(await asked('/servers/survival')).toMatchObject({ source: 'servers/survival.toml', place })
  })
})

describe('GET /connections/{id}', { timeout: 60_000 }, () => {
  // It showed what the configuration would send, without the TLVs that are made for each connection.
  it('shows the header that the server was sent, byte by byte, with the TLVs of the proxy', async () => {
    await start()
    const socket = await connected(await proxy.port())
    socket.on('error', () => {}).write(loginBytes('a.example.com', 'Steve'))
    onTestFinished(() => void socket.destroy())
    await once(socket, 'data')
    const [{ id } = { id: 0 }] = await asked<readonly { id: number }[]>('/connections')
    const { sent } = await asked<{
      sent: { hex: string; header_bytes: number; source: object; tlvs: readonly { name: string; value: string }[] }
    }>(`/connections/${id}`)
    await until(() => received.length >= sent.header_bytes, 'the header to be there')
    expect(received.subarray(0, sent.header_bytes).toString('hex')).toBe(sent.hex)
    const decoded = decode(received)
    expect(decoded).toMatchObject({ kind: 'header', headerBytes: sent.header_bytes, header: { source: sent.source } })
    expect(sent.tlvs.map(({ name }) => name)).toEqual(['AUTHORITY', 'UNIQUE_ID', 'CRC32C'])
    expect(Buffer.from(sent.tlvs[0]?.value ?? '', 'hex').toString()).toBe('a.example.com')
  })
})

describe('GET /config', { timeout: 60_000 }, () => {
  it('has the keys of each server, with the place of each', async () => {
    await start()
    const { servers } = await asked<{ servers: readonly { id: string; keys: readonly Key[] }[] }>('/config')
    expect(servers.map(({ id }) => id)).toEqual(['survival'])
    expect(servers[0]?.keys).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ key: 'domains', value: ['a.example.com'], place: 'servers/survival.toml:3:1' }),
        expect.objectContaining({ key: 'proxy_protocol.add_crc32c', value: true, place: 'servers/survival.toml:10:1' }),
        expect.objectContaining({ key: 'proxy_protocol.pass_tlvs', value: false, place: null }),
      ]),
    )
  })

  // It had no key at all, and the page showed an empty list.
  it('says what is in force where the file cannot be taken', async () => {
    await start()
    const before = await asked<{ keys: readonly Key[] }>('/config')
    writeFileSync(join(folder, 'infrarust.toml'), `max_conections = 7\n${TOML}`)
    const { keys, problems } = await asked<{ keys: readonly Key[]; problems: readonly string[] }>('/config')
    expect(keys).toEqual(before.keys)
    expect(problems.join('\n')).toContain('did you mean "max_connections"?')
  })

  // It said what the file says, as if that were in force.
  it('says what is in force where the file says something that waits for a restart', async () => {
    await start()
    expect(await asked('/config')).toMatchObject({ need_restart: [] })
    writeFileSync(join(folder, 'infrarust.toml'), `max_connections = 7\n${TOML}[transport]\nkind = "node"\n`)
    await proxy.logged('changes with the next start')
    const { keys, need_restart } = await asked<{ keys: readonly Key[]; need_restart: readonly object[] }>('/config')
    expect(keys.find(({ key }) => key === 'max_connections')?.value).toBe(7)
    expect(need_restart).toEqual([{ key: 'transport.kind', in_force: 'auto', written: 'node' }])
  })
})

describe('what waits for a restart', () => {
  const key = (name: string, value: unknown, withheld = false) => ({
    key: name,
    value: withheld ? null : value,
    withheld,
    meaning: null,
    from: 'file' as const,
    place: null,
    references: [],
  })
  it('is of a listener its address and its name', () => {
    const before = [key('bind', '0.0.0.0:1')]
    const after = [key('listener[0].bind', '0.0.0.0:2'), key('listener[0].proxy_protocol.mode', 'off')]
    expect(waitingKeys(before, after, ['listener'])).toEqual([
      { key: 'bind', in_force: '0.0.0.0:1', written: null },
      { key: 'listener[0].bind', in_force: null, written: '0.0.0.0:2' },
    ])
  })
  it('shows no secret, and what is the same does not wait', () => {
    const before = [key('log.file', 'a'), key('log.level', 'info'), key('admin.bind', 'x', true)]
    const after = [key('log.file', 'a'), key('log.level', 'warn'), key('admin.bind', 'y', true)]
    expect(waitingKeys(before, after, ['log.file', 'admin.bind'])).toEqual([
      { key: 'admin.bind', in_force: null, written: null },
    ])
  })
})
