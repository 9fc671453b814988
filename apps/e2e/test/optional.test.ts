import { encode } from '@infrarust/proxy-protocol'
import { loginBytes, RawBackend, RawClient } from '@infrarust/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { Running } from '../fixtures/running.ts'

const TRUSTED = '127.0.0.31'
const STRANGER = '127.0.0.32'

const addresses = {
  command: 'PROXY',
  source: { address: '203.0.113.7', port: 54_321 },
  destination: { address: '192.0.2.10', port: 25_565 },
} as const
const V2 = encode(addresses)
const V1 = encode(addresses, { version: 1 })

/** Handshakes that begin like a header: frames of 13 (0x0d, as `\r` of version 2) and of 80 bytes (0x50, as `P`). */
const FRAME_OF_13 = 'ab.xyz'
const FRAME_OF_80 = `${'p'.repeat(60)}.${'p'.repeat(8)}.xyz`

describe('an optional listener', () => {
  const running = new Running()
  let infrarust: Infrarust
  beforeAll(async () => {
    const backend = running.add(await RawBackend.start())
    infrarust = running.add(
      await Infrarust.start({
        toml: `[proxy_protocol]\nmode = "optional"\ntrusted = ["${TRUSTED}/32"]\n`,
        servers: {
          s: `domains = ["a.example.com", "${FRAME_OF_13}", "${FRAME_OF_80}"]\naddresses = ["127.0.0.1:${backend.port}"]\n`,
        },
      }),
    )
  })
  afterAll(() => running.stopAll())

  describe.each(['in one piece', 'byte by byte'])('for bytes that come %s', (how) => {
    async function say(from: string, ...parts: readonly Uint8Array[]): Promise<RawClient> {
      const client = running.raw(await RawClient.open(infrarust.port, { from }))
      if (how === 'in one piece') return client.send(...parts)
      // Who is refused hears of it in the middle.
      for (const byte of Buffer.concat(parts)) {
        if (client.isClosed || client.isEnded) break
        await new Promise((written) => client.socket.write(Uint8Array.of(byte), written))
      }
      return client
    }

    it.each([
      { name: 'a header of version 2', header: V2, version: 2 },
      { name: 'a header of version 1', header: V1, version: 1 },
    ])('believes $name from a trusted network', async ({ header, version }) => {
      const client = await say(TRUSTED, header, loginBytes('a.example.com'))
      await client.receives('hello')
      client.destroy()
      expect(await infrarust.recordOf(client)).toMatchObject({
        client: '203.0.113.7',
        client_port: 54_321,
        peer: TRUSTED,
        proxy_version: version,
        proxy_command: 'PROXY',
      })
    })

    it.each([
      { name: 'a stranger', from: STRANGER, domain: 'a.example.com', first: undefined },
      { name: 'a peer of a trusted network', from: TRUSTED, domain: 'a.example.com', first: undefined },
      { name: 'a frame of 13 bytes', from: TRUSTED, domain: FRAME_OF_13, first: 13 },
      { name: 'a frame of 80 bytes', from: TRUSTED, domain: FRAME_OF_80, first: 80 },
    ])('lets $name in without a header', async ({ from, domain, first }) => {
      const bytes = loginBytes(domain)
      if (first !== undefined) expect(bytes[0]).toBe(first)
      const client = await say(from, bytes)
      await client.receives('hello')
      const { localPort } = client
      client.destroy()
      const record = await infrarust.recordOf(client)
      expect(record).toMatchObject({ client: from, client_port: localPort, peer: from, domain })
      expect(record).not.toHaveProperty('proxy_version')
    })

    it('refuses the header of a stranger', async () => {
      const client = await say(STRANGER, V2, loginBytes('a.example.com'))
      await client.closed()
      expect(client.received.length).toBe(0)
      expect(await infrarust.recordOf(client)).toMatchObject({
        client: STRANGER,
        client_port: client.localPort,
        reason: 'proxy_protocol',
      })
      await infrarust.logged('not trusted')
    })
  })
})
