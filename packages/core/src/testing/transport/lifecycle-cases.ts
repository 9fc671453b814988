import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { TransportFactory } from '../../entries/transport.ts'
import type { SocketAddress } from '../../index.ts'
import { hasSocketTable } from './keep-alive-cases.ts'
import { attempt, awaitMore, closeInOrder, relay, respondThenClose } from './moves.ts'
import { canRunOut } from './no-descriptors.ts'
import { connectPeer, hasIPv6 } from './peer.ts'
import type { Play } from './play.ts'
import { relayed } from './relay-cases.ts'
import { Stage } from './stage.ts'
import { poll } from './waiting.ts'

/** What this machine cannot show, and why: cases that are not run here, never features that are missing. */
export interface Lacking {
  readonly cases: string
  readonly reason: string
}

export function lackingHere(): readonly Lacking[] {
  const lacking: Lacking[] = []
  if (!hasIPv6)
    lacking.push({
      cases: 'IPv6, dual-stack listeners, the interface of a link-local address',
      reason: 'no ::1 on this machine',
    })
  if (!hasSocketTable) lacking.push({ cases: 'keep-alive', reason: 'no /proc/net/tcp' })
  if (!canRunOut) lacking.push({ cases: 'a dial without a descriptor left', reason: 'no prlimit on this machine' })
  if (!hasDescriptorList) lacking.push({ cases: 'descriptors left behind', reason: 'no /proc/self/fd' })
  return lacking
}

const hasDescriptorList: boolean = process.platform === 'linux'

export function lifecycleCases(factory: TransportFactory, play: Play): void {
  describe('a listener', () => {
    it('says which address it got', () =>
      play(
        () => undefined,
        async (stage) => {
          const second = await stage.transport.listen({ name: 'second', host: '127.0.0.1', port: 0 })
          expect(second.address).toBe('127.0.0.1')
          expect(second.port).toBeGreaterThan(0)
          expect(second.port).not.toBe(stage.address.port)
        },
      ))

    it('whose port is taken is an error, of this transport or another', () =>
      play(
        () => undefined,
        async (stage) => {
          const taken = { name: 'taken', host: '127.0.0.1', port: stage.address.port }
          await expect(stage.transport.listen(taken)).rejects.toMatchObject({ code: 'EADDRINUSE' })
          const other = new Stage(factory, () => undefined)
          await expect(other.transport.listen(taken)).rejects.toMatchObject({ code: 'EADDRINUSE' })
          await expect(other.transport.listen(taken)).rejects.toThrow(String(stage.address.port))
          await other.close()
        },
      ))

    it('whose address is not of this machine is an error', () =>
      play(
        () => undefined,
        async (stage) => {
          // TEST-NET-1: nobody has it.
          await expect(stage.transport.listen({ name: 'elsewhere', host: '192.0.2.1', port: 0 })).rejects.toMatchObject(
            { code: 'EADDRNOTAVAIL' },
          )
        },
      ))

    it('that stops leaves its connections as they are, and its port free', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend } = await relayed(stage)
          const other = await stage.transport.listen({ name: 'other', host: '127.0.0.1', port: 0 })
          await stage.transport.stopListening('test')
          await expect(stage.client()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
          client.send(' up')
          backend.send(' down')
          await backend.untilText('head up')
          await client.untilText('! down')
          const stillThere = await connectPeer(other)
          stillThere.socket.destroy()
          await stage.transport.stopListening()
          await expect(connectPeer(other)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
          await stage.listen('127.0.0.1', 'again', stage.address.port ?? 0)
          client.send('!')
          await backend.untilText('head up!')
        },
      ))

    // The native transport tells of a mute client a moment later. One that came right before the end of its listener was
    // told of after it, under no name, and a proxy that was going down judged it by the rules of no listener.
    it('that stops has told of every connection that it accepted, mute ones included', () =>
      play(
        () => undefined,
        async (stage) => {
          await stage.client()
          // Accepted in turn: when this one is known, so is to be the one before it.
          const speaking = await stage.client()
          speaking.send('x')
          await stage.connection()
          await stage.transport.stopListening()
          const accepted = stage.handler.connections.map((connection) => connection.all('accepted')[0]?.listener)
          expect(accepted).toEqual(['test', 'test'])
        },
      ))

    it('has its name on the connections that it accepts', () =>
      play(
        () => undefined,
        async (stage) => {
          const second = await stage.transport.listen({ name: 'second', host: '127.0.0.1', port: 0 })
          const peer = await connectPeer(second)
          expect(await (await stage.connection()).until('accepted')).toMatchObject({
            listener: 'second',
            local: second,
            peer: peer.address,
          })
          peer.socket.destroy()
        },
      ))

    if (hasIPv6) {
      it('on IPv6 tells canonical addresses, and dials IPv6', async () => {
        const stage = new Stage(factory, () => undefined)
        expect(await stage.listen('::1')).toMatchObject({ address: '::1' })
        const upstream = new Stage(factory, (input) =>
          input.kind === 'accepted' ? respondThenClose('six') : undefined,
        )
        const address = await upstream.listen('::1')
        const client = await stage.client()
        const connection = await stage.connection()
        const accepted = await connection.until('accepted')
        expect([accepted.peer.address, accepted.local.address]).toEqual(['::1', '::1'])
        stage.decide(connection, relay(stage.transport.now(), [attempt(address, 'head')]))
        await client.untilText('six')
        expect(await stage.close()).toEqual([])
        expect(await upstream.close()).toEqual([])
      })

      it('on both families tells IPv4 clients by their IPv4 address', async () => {
        const stage = new Stage(factory, () => undefined)
        const { address, port = 0 } = await stage.listen('::')
        expect(address).toBe('::')
        const four = await connectPeer({ address: '127.0.0.1', port })
        const six = await connectPeer({ address: '::1', port })
        const seen = [await stage.connection(0), await stage.connection(1)].map((connection) => {
          const accepted = connection.all('accepted')[0]
          return `${accepted?.peer.address} ${accepted?.local.address}`
        })
        expect(seen.sort()).toEqual(['127.0.0.1 127.0.0.1', '::1 ::1'])
        four.socket.destroy()
        six.socket.destroy()
        expect(await stage.close()).toEqual([])
      })
    }
  })

  describe('a transport', () => {
    it('keeps a clock that does not go back', () =>
      play(
        () => undefined,
        async ({ transport }) => {
          const first = transport.now()
          expect(transport.now()).toBeGreaterThanOrEqual(first)
        },
      ))

    it('gives every connection an id of its own', () =>
      play(
        () => undefined,
        async (stage) => {
          for (let index = 0; index < 20; index++) {
            const client = await stage.client()
            const connection = await stage.connection(index)
            if (index % 2 === 0) {
              stage.decide(connection, respondThenClose(''))
              client.end()
              await connection.until('finished')
            }
          }
          expect(new Set(stage.handler.connections.map((connection) => connection.id)).size).toBe(20)
        },
      ))

    it('that closes finishes every connection, whatever it is doing', async () => {
      const stage = new Stage(factory, () => undefined)
      await stage.listen()
      const backend = await stage.backend()
      const standing = await relayed(stage)
      for (let index = 1; index < 4; index++) await stage.client()
      const [awaiting, dialling] = [await stage.connection(1), await stage.connection(2)]
      stage.decide(awaiting, awaitMore(stage.transport.now()))
      stage.decide(dialling, relay(stage.transport.now(), [attempt(backend.address, 'head')]))
      await (await backend.peer(0)).untilText('head')
      await stage.transport.close()
      expect(stage.handler.connections.map((connection) => connection.kinds.at(-1))).toEqual(
        Array.from({ length: 4 }, () => 'finished'),
      )
      expect(standing.connection.all('finished')[0]?.end).toEqual({ by: 'gateway', how: 'closed' })
      await expect(stage.client()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      await standing.backend.untilClosedOrEnd()
      expect(await stage.close()).toEqual([])
    })

    it('that never did anything closes', async () => {
      const stage = new Stage(factory, () => undefined)
      expect(await stage.close()).toEqual([])
    })

    if (hasDescriptorList) {
      it('leaves no descriptor behind after a thousand connections in and out', async () => {
        const stage = new Stage(factory, () => undefined)
        await stage.listen()
        const backend = await stage.backend((peer) => {
          peer.send('!')
          peer.socket.on('end', () => peer.end())
        })
        const before = openDescriptors()
        for (let round = 0; round < 20; round++) await fiftyInAndOut(stage, backend.address, round)
        // The dialled sockets of the last ones may still be closing.
        await poll('the descriptors of before', () => openDescriptors() <= before || undefined)
        expect(stage.handler.connections).toHaveLength(1000)
        expect(await stage.close()).toEqual([])
      })
    }
  })
}

/** Fifty relays at once, ended by a reset, by a cut after FIN, and by a plain close. */
async function fiftyInAndOut(stage: Stage, address: SocketAddress, round: number): Promise<void> {
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const client = await connectPeer(stage.address)
      const connection = await poll('the connection', () =>
        stage.handler.connections.find(
          (other) => other.seq === 0 && other.all('accepted')[0]?.peer.port === client.socket.localPort,
        ),
      )
      stage.decide(connection, relay(stage.transport.now(), [attempt(address, 'head')]))
      await client.untilText('!')
      if ((round + index) % 3 === 0) client.reset()
      else if ((round + index) % 3 === 1) client.end()
      else client.socket.destroy()
      if ((round + index) % 3 === 1) stage.decide(connection, closeInOrder)
      await connection.until('finished')
      client.socket.destroy()
    }),
  )
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length
}
