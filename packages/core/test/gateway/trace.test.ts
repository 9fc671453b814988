import { encodeV2 } from '@infrarust/proxy-protocol'
import { describe, expect, it } from 'vitest'
import type { TraceStep } from '../../src/index.ts'
import { handshake, loginStart } from '../connection/packets.ts'
import { PEER, Simulation } from '../connection/simulation.ts'
import { listenerConfig, serverTo } from './fixtures.ts'

function simulate(): Simulation {
  return new Simulation({
    listener: listenerConfig({ mode: 'required' }),
    servers: [serverTo('a', ['a.example.com'], 1)],
  })
}

const HEADER = encodeV2({
  command: 'PROXY',
  source: { address: '203.0.113.7', port: 54_321 },
  destination: { address: '198.51.100.2', port: 25_565 },
})

describe('a tracer', () => {
  it('sees each input, where it led, and the decision, from the accept to the record', () => {
    const simulation = simulate()
    const seen: string[] = []
    simulation.gateway.trace(({ input, from, connection, decision, record }) =>
      seen.push(`${input.kind} ${from} ${connection.state} ${decision?.kind ?? '-'} ${record?.reason ?? '-'}`),
    )
    const client = simulation.accept().send(HEADER).send(handshake('a.example.com')).send(loginStart())
    client.dialled().finish({ by: 'client', how: 'fin' })
    expect(seen).toEqual([
      'accepted accepted proxy-header await -',
      'bytes proxy-header handshake await -',
      'bytes handshake login-start await -',
      'bytes login-start dialling relay -',
      'dialled dialling relaying - -',
      'finished relaying closed - client_closed',
    ])
  })
  it('is shown the bytes of the header and the client that they name', () => {
    const simulation = simulate()
    const found: string[] = []
    simulation.gateway.trace(({ input, from, connection }) => {
      if (input.kind !== 'bytes' || from !== 'proxy-header' || connection.receivedHeader === undefined) return
      const bytes = input.bytes.subarray(0, connection.receivedHeader.headerBytes)
      found.push(`${connection.peer.address} ${connection.client.address} ${Buffer.from(bytes).toString('hex')}`)
    })
    simulation.accept().send(Buffer.concat([HEADER, handshake('a.example.com')]))
    expect(found).toEqual([`${PEER.address} 203.0.113.7 ${Buffer.from(HEADER).toString('hex')}`])
  })
  it('is told what was wrong with a header', () => {
    const simulation = simulate()
    const steps: TraceStep[] = []
    simulation.gateway.trace((step) => steps.push(step))
    simulation.accept().send(handshake('a.example.com'))
    expect(steps.at(-1)?.record?.reason).toBe('proxy_protocol')
    expect(steps.at(-1)?.headerFault).toContain('it looks like a Minecraft handshake')
  })
  // Ids of the native transport have a generation and a thread in front: #67108864 where the page says #1.
  it('is told the how manieth connection it is, whatever the transport calls it', () => {
    const simulation = simulate()
    const seen: [number, boolean][] = []
    simulation.gateway.trace(({ connection: { number, id } }) => seen.push([number, id > 2 ** 26]))
    for (const id of [2 ** 27, 2 ** 27 + 5, 2 ** 40]) {
      const local = { address: '198.51.100.1', port: 25_565 }
      simulation.gateway.input(id, { kind: 'accepted', at: 0, listener: 'main', peer: PEER, local })
    }
    expect(seen).toEqual([
      [1, true],
      [2, true],
      [3, true],
    ])
    expect(simulation.gateway.live().map(({ number }) => number)).toEqual([1, 2, 3])
  })
  it('sees nothing any more once it has ended', () => {
    const simulation = simulate()
    let steps = 0
    const end = simulation.gateway.trace(() => void steps++)
    end()
    simulation.accept().send(HEADER)
    expect(steps).toBe(0)
  })
})
