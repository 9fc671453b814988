import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { authority, findTlv, ssl, TLV_TYPES, uniqueId } from '@infrarust/proxy-protocol'
import { loginBytes, RawBackend } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Haproxy } from '../fixtures/haproxy.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const PLAYER = '127.0.0.79'
const CERTIFICATE = fileURLToPath(new URL('../fixtures/tls/haproxy.pem', import.meta.url))

describe.runIf(havePeers('HAProxy that ends TLS', 'haproxy'))(
  'HAProxy that ends TLS, with proxy-v2-options ssl,unique-id,authority,crc32c',
  () => {
    it('is believed, and what it says of the TLS session reaches the backend that asks for it', async () => {
      const backend = running.add(await RawBackend.start())
      const infrarust = running.add(
        await Infrarust.start({
          toml: 'receive_proxy_protocol = true\n[proxy_protocol]\ntrusted = ["127.0.0.1"]\n',
          servers: {
            s: `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\nsend_proxy_protocol = true\n[proxy_protocol]\npass_tlvs = true\n`,
          },
        }),
      )
      const haproxy = running.add(
        await Haproxy.start({
          bind: `ssl crt ${CERTIFICATE}`,
          to: `127.0.0.1:${infrarust.port}`,
          server: 'send-proxy-v2 proxy-v2-options ssl,cert-key,ssl-cipher,unique-id,authority,crc32c',
          frontend: 'unique-id-format %[uuid]',
        }),
      )
      const socket = connectTcp({ port: haproxy.port, host: '127.0.0.1', localAddress: PLAYER })
      const player = connectTls({ socket, servername: 'sni.example.com', rejectUnauthorized: false })
      running.add({ stop: async () => player.destroy() })
      await once(player, 'secureConnect')
      player.write(loginBytes('a.example.com'))
      await once(player, 'data')

      const { header } = await backend.header()
      expect(header).toMatchObject({ source: { address: PLAYER, port: socket.localPort } })
      if (!('tlvs' in header)) throw new Error('no TLVs')
      expect(ssl(header)).toMatchObject({ isEncrypted: true, version: 'TLSv1.3', keyAlgorithm: 'EC256' })
      expect(authority(header)).toBe('sni.example.com')
      expect(uniqueId(header)?.length).toBe(36)
      // Its sum was over the header that came in.
      expect(findTlv(header, TLV_TYPES.CRC32C)).toBeUndefined()

      player.end()
      expect(await infrarust.record((record) => record.intent === 'login')).toMatchObject({
        client: PLAYER,
        peer: '127.0.0.1',
        proxy_version: 2,
        proxy_command: 'PROXY',
      })
    })
  },
)
