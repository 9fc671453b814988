import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalAddress, decode, type Header } from '../../src/index.ts'
import { toHex } from '../feed.ts'
import { Backend } from './backend.ts'
import { exchange, type Outcome, type Peer, start, stopped } from './peer.ts'

/** HAProxy with `accept-proxy` in front and `send-proxy-v2` behind: its backend reads what it understood. */
export async function startHaproxy(program: string, directory: string): Promise<Peer> {
  const frontPath = join(directory, 'haproxy-front')
  const backPath = join(directory, 'haproxy-back')
  const configPath = join(directory, 'haproxy.cfg')
  writeFileSync(
    configPath,
    `global
  maxconn 50
defaults
  mode tcp
  timeout connect 10s
  timeout client 10s
  timeout server 10s
listen through
  bind unix@${frontPath} accept-proxy
  server back unix@${backPath} send-proxy-v2
`,
  )
  const backend = new Backend()
  await backend.listen(backPath)
  const child = await start(program, ['-db', '-f', configPath], frontPath)
  await backend.take()
  return {
    async ask(input) {
      await exchange(frontPath, input)
      const received = await backend.take()
      return received === undefined || received.length === 0 ? { kind: 'refused' } : understood(received)
    },
    async stop() {
      await stopped(child)
      await backend.close()
    },
  }
}

function understood(received: Uint8Array): Outcome {
  const decoded = decode(received)
  if (decoded.kind !== 'header') throw new Error(`HAProxy sent no header: ${toHex(received)}`)
  return outcomeOf(decoded.header, toHex(received.subarray(decoded.headerBytes)))
}

function outcomeOf(header: Header, rest: string): Outcome {
  if (header.family !== 'IPv4' && header.family !== 'IPv6') return { kind: 'own end points', rest }
  const { source, destination } = header
  return {
    kind: 'end points',
    source: `${canonicalAddress(source.address)} ${source.port}`,
    destination: `${canonicalAddress(destination.address)} ${destination.port}`,
    rest,
  }
}
