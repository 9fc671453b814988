import { crc32, deflateSync } from 'node:zlib'
import { decodeStatusReply, encodeHandshake, encodePing, encodeStatusRequest } from '@infrarust/minecraft'
import { freePort, RawClient, until } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { login, ping } from '../fixtures/minecraft-client.ts'
import { MinecraftServer } from '../fixtures/minecraft-server.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const ICON = icon()
const ICON_URI = `data:image/png;base64,${ICON.toString('base64')}`

async function start(toml: string): Promise<Infrarust> {
  return running.add(await Infrarust.start({ toml, files: { 'icon.png': ICON } }))
}

async function statusOf(infrarust: Infrarust, domain: string): Promise<Record<string, unknown>> {
  return { ...(await ping({ port: infrarust.port, domain })) }
}

describe('an unknown domain', () => {
  it('shows [default_motd.offline], with a picture from a file beside infrarust.toml', async () => {
    const infrarust = await start(
      '[default_motd.offline]\ntext = "§cNo server at {domain}"\nversion_name = "Nothing"\nmax_players = 9\nsample = ["one", "two"]\nfavicon = "icon.png"\n[default_motd.online]\ntext = "not this"\n',
    )
    expect(await statusOf(infrarust, 'nobody.example.net')).toMatchObject({
      description: { text: 'No server at nobody.example.net', color: 'red' },
      version: { name: 'Nothing', protocol: 765 },
      players: { max: 9, online: 0, sample: [{ name: 'one' }, { name: 'two' }] },
      favicon: ICON_URI,
    })
    // The texts change for the next connection.
    infrarust.writeConfiguration('[default_motd.online]\ntext = "now this"\n')
    await until(
      async () => JSON.stringify(await statusOf(infrarust, 'nobody.example.net')).includes('now this'),
      'the new text',
    )
    infrarust.writeConfiguration('unknown_domain_behavior = "drop"\n')
    await infrarust.logged('unknown_domain_behavior')
    const client = running.raw(await RawClient.open(infrarust.port))
    client.send(encodeHandshake({ protocolVersion: 765, address: 'nobody.example.net', port: 1, intent: 'status' }))
    client.send(encodeStatusRequest())
    await client.closed()
    expect(client.received.length).toBe(0)
  })

  it('cannot bring colours or JSON into an answer: what no host can be called has none', async () => {
    const infrarust = await start('')
    const end = await login({ port: infrarust.port, domain: '§k"},{"text":"evil' })
    expect(end.kind).not.toBe('kicked')
    await infrarust.record(({ reason, detail }) => reason === 'bad_handshake' && detail !== undefined)
  })
})

describe('a server', () => {
  const standing = new Running()
  let backend: MinecraftServer
  let infrarust: Infrarust
  const place = (name: string): string =>
    `domains = ["${name}.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n`
  beforeAll(async () => {
    backend = standing.add(await MinecraftServer.start({ motd: 'its own text' }))
    infrarust = standing.add(
      await Infrarust.start({
        toml: 'messages.server_down = "global"\n[status_cache]\nttl = "10m"\n',
        files: { 'icon.png': ICON },
        servers: {
          a: `${place('a')}[motd.online]\ntext = "Welcome"\nmax_players = 200\nfavicon = "../icon.png"\n`,
          wrong: `${place('wrong')}[motd.online]\ntext = "good"\n`,
          down: `domains = ["down.example.com"]\naddresses = ["127.0.0.1:${await freePort()}"]\ndisconnect_message = '{"text":"Back at noon","bold":true}'\n[motd.unreachable]\ntext = "§6{server} sleeps"\n`,
        },
      }),
    )
  })
  afterAll(() => standing.stopAll())

  it('that is down shows [motd.unreachable] and disconnect_message, echoes any protocol, and answers the ping', async () => {
    for (const protocolVersion of [4, 47, 765, 999_999]) {
      const client = running.raw(await RawClient.open(infrarust.port))
      client.send(
        encodeHandshake({ protocolVersion, address: 'down.example.com', port: 25_565, intent: 'status' }),
        encodeStatusRequest(),
      )
      await client.receives('sleeps')
      const reply = decodeStatusReply(client.received)
      if (reply.kind !== 'decoded' || reply.value.kind !== 'status-response') throw new Error(reply.kind)
      expect(JSON.parse(reply.value.json)).toEqual({
        version: { name: 'Infrarust', protocol: protocolVersion },
        description: { text: 'down sleeps', color: 'gold' },
        players: { max: 0, online: 0 },
      })
      const pong = encodePing(Buffer.from('0807060504030201', 'hex'))
      client.send(pong)
      await client.closed()
      expect(client.received.subarray(reply.consumedBytes)).toEqual(Buffer.from(pong))
    }
    const end = await login({ port: infrarust.port, domain: 'down.example.com' })
    expect(end.kind === 'kicked' && JSON.parse(end.text)).toEqual({ text: 'Back at noon', bold: true })
  })

  it('that lives shows its own status, with what [motd.online] says in its place, and changes live', async () => {
    const before = backend.pings
    expect(await statusOf(infrarust, 'a.example.com')).toMatchObject({
      description: 'Welcome',
      players: { max: 200, online: 0 },
      version: { name: '1.20.4', protocol: 765 },
      favicon: ICON_URI,
    })
    infrarust.writeServer('a', place('a'))
    await until(
      async () => JSON.stringify(await statusOf(infrarust, 'a.example.com')).includes('its own text'),
      'the server’s own text',
    )
    // Texts are no reason to ask the server again within the time of its answer.
    expect(backend.pings).toBe(before + 1)
  })

  it('whose text is wrong keeps its last good one, and the log says where', async () => {
    const shown = async (): Promise<string> => JSON.stringify(await statusOf(infrarust, 'wrong.example.com'))
    await until(async () => (await shown()).includes('good'), 'the good one')
    infrarust.writeServer('wrong', `${place('wrong')}[motd.online]\ntext = "bad {who}"\nfavicon = "missing.png"\n`)
    expect(await infrarust.logged('unknown placeholder {who}')).toContain('wrong.toml:4:1')
    expect(await infrarust.logged('missing.png')).toContain('wrong.toml:5:1')
    expect(await shown()).toContain('good')
  })
})

describe('a silent reason', () => {
  it('is closed without a word, and recorded', async () => {
    const infrarust = await start('[messages.unknown_domain]\nsilent = true\n')
    const end = await login({ port: infrarust.port, domain: 'nobody.example.net' })
    expect(end.kind).toBe('closed')
    expect(await infrarust.record(({ intent }) => intent === 'login')).toMatchObject({
      reason: 'unknown_domain',
      bytes_out: 0,
    })
  })
})

/** A picture of 64×64 pixels of one colour. */
function icon(): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(64, 0)
  header.writeUInt32BE(64, 4)
  header[8] = 1
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const pixels = deflateSync(Buffer.alloc(64 * 9))
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}
