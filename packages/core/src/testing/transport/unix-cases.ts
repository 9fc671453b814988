import { Buffer } from 'node:buffer'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type TransportFactory, UNIX_PATH_MAX_BYTES, type UnixName, unixPath } from '../../entries/transport.ts'
import { attempt, awaitMore, relay, respondThenClose } from './moves.ts'
import { MuteListener } from './mute-listener.ts'
import { connectPeer } from './peer.ts'
import type { Play } from './play.ts'
import { relayed } from './relay-cases.ts'
import { textOf } from './scripted-handler.ts'
import { SocketFolder } from './socket-folder.ts'
import { Stage } from './stage.ts'
import { standstill } from './waiting.ts'

/** What there is to say of Unix sockets alone. */
export function unixCases(factory: TransportFactory, play: Play): void {
  listenerCases(factory, play)
  connectionCases(play)
  dialCases(factory, play)
}

function listenerCases(factory: TransportFactory, play: Play): void {
  /** A stage that does not listen yet, in a folder of its own. */
  function unbound(): { readonly stage: Stage; readonly folder: SocketFolder } {
    const folder = new SocketFolder()
    const stage = new Stage(factory, (input) => (input.kind === 'accepted' ? respondThenClose('hello') : undefined))
    onTestFinished(async () => {
      await stage.close()
      folder.remove()
    })
    return { stage, folder }
  }
  const listen = (stage: Stage, host: UnixName, name = 'test') =>
    stage.transport.listen({ name, host, port: undefined })

  describe('a listener', () => {
    it('is for its owner and its group, whatever the umask, and is gone when it stops', async () => {
      const { stage, folder } = unbound()
      for (const umask of [0, 0o022, 0o077]) {
        const host = folder.socket()
        const before = process.umask(umask)
        try {
          expect(await listen(stage, host, host)).toEqual({ address: host, port: undefined })
          expect(process.umask()).toBe(umask)
        } finally {
          process.umask(before)
        }
        expect(lstatSync(unixPath(host)).mode & 0o777).toBe(0o660)
        await stage.transport.stopListening(host)
        expect(existsSync(unixPath(host))).toBe(false)
      }
    })

    it('takes the place of a socket that nobody listens on any more', async () => {
      const { stage, folder } = unbound()
      const host = folder.socket()
      await leaveStale(unixPath(host))
      await listen(stage, host)
      const client = await connectPeer({ address: host, port: undefined })
      await client.untilText('hello')
      client.socket.destroy()
    })

    it('leaves a socket alone on which somebody listens, of this transport or another', async () => {
      const { stage, folder } = unbound()
      const other = new Stage(factory, () => undefined)
      const host = folder.socket()
      await listen(stage, host)
      for (const transport of [stage.transport, other.transport])
        await expect(transport.listen({ name: 'second', host, port: undefined })).rejects.toMatchObject({
          code: 'EADDRINUSE',
          message: `another process listens on ${unixPath(host)}`,
        })
      const client = await connectPeer({ address: host, port: undefined })
      await client.untilText('hello')
      client.socket.destroy()
      await other.close()
    })

    it('never removes what is no socket', async () => {
      const { stage, folder } = unbound()
      const host = folder.socket()
      writeFileSync(unixPath(host), 'a file')
      await expect(listen(stage, host)).rejects.toMatchObject({ code: 'ENOTSOCK' })
      expect(readFileSync(unixPath(host), 'utf8')).toBe('a file')
    })

    it('removes nothing at its end that has taken its name meanwhile', async () => {
      const { stage, folder } = unbound()
      const host = folder.socket()
      await listen(stage, host)
      renameSync(unixPath(host), `${unixPath(host)}.old`)
      writeFileSync(unixPath(host), 'somebody else')
      await stage.transport.stopListening()
      expect(readFileSync(unixPath(host), 'utf8')).toBe('somebody else')
    })

    it('whose folder is not there, or not to be written, is an error', async () => {
      const { stage, folder } = unbound()
      await expect(listen(stage, folder.socket('none/in.sock'))).rejects.toMatchObject({
        code: expect.stringMatching(/ENOENT|EACCES/),
      })
      if (process.getuid?.() === 0) return
      mkdirSync(join(folder.path, 'closed'))
      chmodSync(join(folder.path, 'closed'), 0o500)
      await expect(listen(stage, folder.socket('closed/in.sock'))).rejects.toMatchObject({ code: 'EACCES' })
    })

    it('has a path as long as a socket can have one, in any letters', async () => {
      const { stage, folder } = unbound()
      const left = UNIX_PATH_MAX_BYTES - Buffer.byteLength(folder.path) - 1
      const host = folder.socket('ü'.repeat(Math.floor(left / 2)).padEnd(Math.ceil(left / 2), 'x'))
      expect(Buffer.byteLength(unixPath(host))).toBe(UNIX_PATH_MAX_BYTES)
      await listen(stage, host)
      await play(
        (input) =>
          input.kind === 'accepted' ? relay(input.at, [attempt({ address: host, port: undefined }, '')]) : undefined,
        async (dialling) => (await dialling.client()).untilText('hello'),
      )
    })

    it('that stops leaves its connections as they are', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend } = await relayed(stage)
          await stage.transport.stopListening('test')
          await expect(stage.client()).rejects.toMatchObject({ code: 'ENOENT' })
          client.send(' up')
          backend.send(' down')
          await backend.untilText('head up')
          await client.untilText('! down')
        },
      ))
  })
}

function connectionCases(play: Play): void {
  describe('a client', () => {
    it('has no address, and the socket that it came to is the local one', () =>
      play(
        () => undefined,
        async (stage) => {
          await stage.client()
          expect(await (await stage.connection()).until('accepted')).toMatchObject({
            listener: 'test',
            peer: { address: 'unix', port: undefined },
            local: stage.address,
          })
        },
      ))

    it('that has sent something and closed altogether is shown its bytes, then a FIN', () =>
      play(
        (input) => (input.kind === 'accepted' ? awaitMore(input.at) : undefined),
        async (stage) => {
          const client = await stage.client()
          client.send('a health check')
          await new Promise<void>((resolve) => client.socket.end(() => resolve()))
          client.socket.destroy()
          const connection = await stage.connection()
          expect((await connection.until('ended')).how).toBe('fin')
          expect(connection.all('bytes').map(({ bytes }) => textOf(bytes))).toContain('a health check')
        },
      ))

    it('that is closed with unread bytes in it ends in a reset', () =>
      play(
        (input) => (input.kind === 'accepted' ? awaitMore(input.at) : undefined),
        async (stage) => {
          const client = await stage.client({ isPaused: true })
          const connection = await stage.connection()
          const then = { kind: 'await', deadlineAt: Number.POSITIVE_INFINITY, maxBytes: 1024 } as const
          stage.decide(connection, { kind: 'respond', bytes: Buffer.alloc(1 << 20), then })
          // More than its end reads while it is paused.
          await standstill(() => stage.transport.counters(connection.id)?.bytesOut ?? -1)
          client.socket.destroy()
          expect((await connection.until('finished')).end).toEqual({ by: 'client', how: 'reset' })
        },
      ))

    it('that closes altogether in a relay ends it, and what it has sent before arrives', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          client.send(' last words')
          await new Promise<void>((resolve) => client.socket.end(() => resolve()))
          client.socket.destroy()
          await backend.untilEnd()
          expect(backend.text).toBe('head last words')
          backend.end()
          expect((await connection.until('finished')).end).toEqual({ by: 'client', how: 'fin' })
        },
      ))

    it('gets the last words of a backend that closes altogether behind them', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          await new Promise<void>((resolve) => backend.socket.end('a kick', () => resolve()))
          backend.socket.destroy()
          await client.untilEnd()
          expect(client.text).toBe('!a kick')
          client.end()
          expect((await connection.until('finished')).end).toEqual({ by: 'server', how: 'fin' })
        },
      ))

    it('is read no more when its backend is gone, which shows where something is sent to it', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          backend.socket.destroy()
          await client.untilEnd()
          client.send('to nobody')
          client.end()
          const finished = await connection.until('finished')
          expect(finished.end.by).toBe('server')
        },
      ))
  })
}

function dialCases(factory: TransportFactory, play: Play): void {
  describe('a dial', () => {
    it('that fails says why: no socket, a file, nobody behind it, no right to open it, no socket at all', () =>
      play(
        (input) => (input.kind === 'dial-failed' ? respondThenClose('no server') : undefined),
        async (stage) => {
          const folder = new SocketFolder()
          onTestFinished(() => folder.remove())
          const [stale, file, closed] = [folder.socket('stale'), folder.socket('file'), folder.socket('closed')]
          await leaveStale(unixPath(stale))
          writeFileSync(unixPath(file), '')
          const hidden = await stage.backend()
          const ending = await stage.backend((peer) => peer.end())
          const isRoot = process.getuid?.() === 0
          if (!isRoot) chmodSync(unixPath(socketOf(hidden.address)), 0)
          const attempts = [
            attempt({ address: folder.socket('none'), port: undefined }, 'head'),
            attempt({ address: `${file}/none`, port: undefined }, 'head'),
            attempt({ address: stale, port: undefined }, 'head'),
            attempt({ address: file, port: undefined }, 'head'),
            attempt(ending.address, 'head'),
            attempt({ address: 'unix', port: undefined }, 'head'),
            attempt({ address: '127.0.0.1', port: undefined }, 'head'),
            attempt({ address: closed, port: 25_565 }, 'head'),
            ...(isRoot ? [] : [attempt(hidden.address, 'head')]),
          ]
          const client = await stage.client()
          const connection = await stage.connection()
          stage.decide(connection, relay(stage.transport.now(), attempts))
          const { failures } = await connection.until('dial-failed')
          const none = 'what was to be dialled is no IP address with a port, and no Unix socket'
          expect(failures.map(({ cause, message }) => `${cause}: ${message}`)).toEqual([
            'unreachable: ENOENT',
            'unreachable: ENOTDIR',
            'refused: ECONNREFUSED',
            'refused: ECONNREFUSED',
            'closed_early: closed before its first byte',
            `error: ${none}`,
            `error: ${none}`,
            `error: ${none}`,
            ...(isRoot ? [] : ['error: EACCES']),
          ])
          await client.untilText('no server')
        },
      ))

    // There is no connect that could be waited for: the system says no at once.
    it('is refused by a socket whose queue is full, and goes on to the next one', async () => {
      const folder = new SocketFolder()
      onTestFinished(() => folder.remove())
      const mute = await MuteListener.listen(folder.socket())
      await play(
        () => undefined,
        async (stage) => {
          const good = await stage.backend((peer) => peer.send('hello'))
          const client = await stage.client()
          const connection = await stage.connection()
          const attempts = [attempt(mute.address, 'one'), attempt(good.address, 'two')]
          stage.decide(connection, relay(stage.transport.now(), attempts))
          await client.untilText('hello')
          expect((await connection.until('dialled')).failures).toEqual([
            { attempt: 0, cause: 'refused', message: 'EAGAIN' },
          ])
        },
      )
      await mute.close()
    })

    it('goes on from a dead socket to an address of IP, and from there to a socket', async () => {
      const folder = new SocketFolder()
      onTestFinished(() => folder.remove())
      const onLoopback = new Stage(factory, (input) => (input.kind === 'accepted' ? respondThenClose('') : undefined))
      const ending = await onLoopback.listen()
      await play(
        () => undefined,
        async (stage) => {
          const good = await stage.backend((peer) => peer.send('hello'))
          const client = await stage.client()
          client.send('handshake')
          const connection = await stage.connection()
          const attempts = [
            attempt({ address: folder.socket('none'), port: undefined }, 'one:'),
            attempt(ending, 'two:'),
            attempt(good.address, 'three:'),
          ]
          stage.decide(connection, relay(stage.transport.now(), attempts))
          await client.untilText('hello')
          const peer = await good.peer(0)
          await peer.untilText('three:handshake')
          expect(peer.firstChunk).toMatch(/^three:/)
          const dialled = await connection.until('dialled')
          expect(dialled.failures).toMatchObject([{ cause: 'unreachable' }, { cause: 'closed_early' }])
        },
      )
      await onLoopback.close()
    })

    it('between loopback and a Unix socket relays every byte, whichever side is which', async () => {
      const folder = new SocketFolder()
      onTestFinished(() => folder.remove())
      const inner = new Stage(factory, () => undefined, folder)
      await inner.listen()
      const outer = new Stage(factory, (input) =>
        input.kind === 'accepted' ? relay(input.at, [attempt(inner.address, '')]) : undefined,
      )
      await outer.listen()
      const backend = await outer.backend((peer) => peer.send('!'))
      const client = await outer.client()
      const connection = await inner.connection()
      inner.decide(connection, relay(inner.transport.now(), [attempt(backend.address, 'head')]))
      const peer = await backend.peer(0)
      await client.untilBytes(1)
      const [up, down] = [counted(12 << 20, 3), counted(12 << 20, 5)]
      client.send(up)
      peer.send(down)
      await client.untilBytes(1 + down.length)
      await peer.untilBytes(4 + up.length)
      expect(client.received.subarray(1).equals(down)).toBe(true)
      expect(peer.received.subarray(4).equals(up)).toBe(true)
      client.end()
      await peer.untilEnd()
      peer.end()
      await client.untilEnd()
      expect(await outer.close()).toEqual([])
      expect(await inner.close()).toEqual([])
    })
  })
}

function counted(bytes: number, step: number): Buffer {
  const words = new Uint32Array(bytes / 4)
  for (let at = 0; at < words.length; at++) words[at] = Math.imul(at, step * 0x9e3779b1)
  return Buffer.from(words.buffer)
}

function socketOf({ address }: { readonly address: string }): UnixName {
  return `unix:/${address.slice('unix:/'.length)}`
}

/** A socket as a killed process leaves it: bound, and nobody behind it. */
async function leaveStale(path: string): Promise<void> {
  const server = createServer()
  const aside = `${path}.bound`
  await new Promise<void>((resolve) => server.listen(aside, resolve))
  renameSync(aside, path)
  await new Promise((resolve) => server.close(resolve))
}
