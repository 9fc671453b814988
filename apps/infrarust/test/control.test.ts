import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import * as v from 'valibot'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { apiOf } from '../src/control/api.ts'
import { ControlServer } from '../src/control/control-server.ts'
import type { Api } from '../src/control/given.ts'
import { dataVerb, streamVerb } from '../src/verbs/verb.ts'
import { VerbError } from '../src/verbs/verb-error.ts'
import {
  ask,
  base,
  client,
  closed,
  echo,
  failing,
  follow,
  head,
  heard,
  http,
  lines,
  listen,
  listenElsewhere,
  REQUEST,
  raw,
  server,
  VERBS,
} from './control.ts'

describe('the control socket', { timeout: 60_000 }, () => {
  it('gives each event to the client before the next one is made', async () => {
    const { promise: goOn, resolve } = Promise.withResolvers<void>()
    const steps = streamVerb({
      ...base,
      name: 'steps',
      path: '/steps',
      result: v.number(),
      async *run() {
        yield 1
        await goOn
        yield 2
      },
    })
    const seen: number[] = []
    for await (const event of client(await listen([steps])).follow(steps, {})) {
      seen.push(event)
      resolve()
    }
    expect(seen).toEqual([1, 2])
  })
  it('takes any amount of lines and gives any amount of answer', async () => {
    const input = Array.from({ length: 20_000 }, (_, index) => ({ index, text: 'ü'.repeat(50) }))
    expect(await client(await listen()).ask(lines, {}, input)).toEqual(input)
  })
  it('tells a verb that its client has gone', async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<void>()
    const watched = streamVerb({
      ...base,
      name: 'watched',
      path: '/watched',
      result: v.string(),
      async *run(_: unknown, __, { signal }) {
        yield 'begun'
        if (!signal.aborted) await once(signal, 'abort')
        resolve()
      },
    })
    for await (const event of client(await listen([watched])).follow(watched, {})) {
      expect(event).toBe('begun')
      break
    }
    await aborted
  })
  it('answers others while one client says nothing, one stops in a line, and one does not read', async () => {
    const path = await listen()
    await raw(path)
    ;(await raw(path)).write('POST /api')
    ;(await raw(path)).write(head('GET', '/endless'))
    expect(await ask(path)).toEqual({ name: 'here' })
  })
  // 64 connections that said nothing, and `infrarust status` was refused for as long as they were there.
  it.each([
    ['say nothing', '', ''],
    ['stop in their request', 'POST /api', ''],
    ['stop in their body', head('POST', '/lines', 'Content-Length: 9'), ''],
    ['have had their answer and stay', REQUEST, ''],
    ['do not read', head('GET', '/endless'), ''],
    ['are answered for hours', head('GET', '/follow'), 'made room'],
  ])('serves the newcomer where hundreds %s, and the oldest of them goes', async (_, bytes, message) => {
    const path = await listen()
    const oldest = await raw(path)
    const told = message === '' ? () => '' : heard(oldest)
    oldest.write(bytes)
    for (let index = 0; index < 63; index++) (await raw(path)).write(bytes)
    // All of them are known there by then: they are taken in this order.
    expect(await ask(path)).toEqual({ name: 'here' })
    for (let index = 0; index < 200; index++) (await raw(path)).write(bytes)
    expect(await ask(path)).toEqual({ name: 'here' })
    await closed(oldest)
    expect(told()).toContain(message)
  })
  it('keeps those who are answered where others come and say nothing', async () => {
    const path = await listen()
    const following = await raw(path)
    const told = heard(following)
    following.write(head('GET', '/follow'))
    await vi.waitFor(() => expect(told()).toContain('begun'), { timeout: 10_000 })
    const silent = await Promise.all(Array.from({ length: 200 }, () => raw(path)))
    await Promise.all(silent.slice(0, 136).map(closed))
    await vi.waitFor(() => expect(told()).toContain('\n:\n\n'), { timeout: 20_000 })
    expect(following.destroyed).toBe(false)
  })
  it.each([
    ['says nothing', ''],
    ['stops in its request', 'POST /api'],
    ['stays after its answer', REQUEST],
    ['goes on with the next request, and stops in it', `${REQUEST}POST /api`],
  ])('does not wait long for a client that %s', async (_, bytes) => {
    const socket = await raw(await listen())
    socket.write(bytes)
    await closed(socket)
  })
  it('shows that it is at work while an answer takes its time', async () => {
    const { promise: goOn, resolve } = Promise.withResolvers<null>()
    const slow = dataVerb({ ...base, name: 'slow', path: '/slow', result: v.null(), run: () => goOn })
    const sent = request({ socketPath: await listen([slow]), path: '/api/v1/slow' }).end()
    const [information] = await once(sent, 'information')
    expect(information.statusCode).toBe(102)
    resolve(null)
    const [response] = await once(sent, 'response')
    expect(response.resume().statusCode).toBe(200)
  })
  it('answers pipelined requests in their order, one after the other, also byte by byte', async () => {
    const path = await listen()
    const socket = await raw(path)
    const told = heard(socket)
    const bytes = ['a', 'b', 'c'].map((name) => head('POST', `/echo/${name}`, 'Content-Length: 0')).join('')
    socket.write(bytes)
    await vi.waitFor(() =>
      expect(
        told()
          .match(/"name":"\w"/g)
          ?.join(),
      ).toBe('"name":"a","name":"b","name":"c"'),
    )
    const slow = await raw(path)
    const slowly = heard(slow)
    for (const byte of bytes) await new Promise((resolve) => slow.write(byte, resolve))
    await vi.waitFor(() =>
      expect(
        slowly()
          .match(/"name":"\w"/g)
          ?.join(),
      ).toBe('"name":"a","name":"b","name":"c"'),
    )
  })
  it('answers one request after the other on a connection that is kept', async () => {
    const path = await listen()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    for (const name of ['a', 'b', 'c'])
      expect(await http(path, 'POST', `/echo/${name}`, undefined, agent)).toEqual({
        status: 200,
        json: { data: { name } },
      })
  })
  it.each([
    ['no HTTP', 'hello\r\n\r\n', '400'],
    ['no host', 'GET /api/v1/fail HTTP/1.1\r\n\r\n', '400'],
    ['a head without end', `GET / HTTP/1.1\r\nx: ${'x'.repeat(70_000)}`, '413'],
    ['hundreds of requests at once', REQUEST.repeat(500), ''],
    ['a request that is cut', REQUEST.slice(0, 40), ''],
    ['a body that is cut', `${head('POST', '/lines', 'Content-Length: 9')}{`, ''],
    ['two lengths', head('POST', '/lines', 'Content-Length: 9', 'Content-Length: 3'), '400'],
  ])('ends the connection over %s, and goes on', async (_, bytes, status) => {
    const path = await listen()
    const socket = await raw(path)
    const told = heard(socket)
    socket.write(bytes)
    if (status === '') setTimeout(() => socket.end(), 100)
    await closed(socket)
    if (status !== '') expect(told()).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(await ask(path)).toEqual({ name: 'here' })
  })
  it.each([
    ['POST', '/echo/a', '{"text":5}', 400, 'text: expected string, not 5'],
    ['POST', '/echo/a', '{"colour":"red"}', 400, 'colour is no field'],
    ['POST', '/echo/a', '{"__proto__":{"text":"x"}}', 400, '__proto__'],
    ['POST', '/echo/a', '{"name":"b"}', 400, 'name is given twice'],
    ['POST', '/echo/a?text=b', '', 400, 'text belongs into the body'],
    ['POST', '/echo/a', '[1]', 400, 'no JSON object'],
    ['POST', '/echo/a', 'null', 400, 'no JSON object'],
    ['POST', '/echo/a', '{"text":', 400, 'the body is no JSON'],
    ['POST', '/echo/a', Buffer.from([0xff]), 400, 'the body is no JSON'],
    ['POST', '/echo/%zz', '', 400, 'a % that begins no encoded'],
    ['POST', '/echo/%ff', '', 400, 'a % that begins no encoded'],
    ['POST', '/lines', '1\n{\n', 400, 'line 2 is no JSON'],
    ['POST', '/lines?x=1&x=2', '', 400, 'x is given twice'],
    ['GET', '/echo/a', '', 405, 'POST'],
    ['TRACE', '/fail', '', 405, 'it takes GET, HEAD'],
    ['GET', '/nothing', '', 404, 'nothing on this path'],
    ['GET', '/x/../fail', '', 404, 'nothing on this path'],
    ['GET', '/%66ail', '', 404, 'nothing on this path'],
    ['GET', '/fail/', '', 404, 'nothing on this path'],
    ['GET', '//fail', '', 404, 'nothing on this path'],
    ['GET', '/fail', '', 500, 'no room on the disk'],
  ])('refuses %s %s %s with %i', async (method, path, body, status, message) => {
    expect(await http(await listen(), method, path, body)).toEqual({
      status,
      json: { error: { code: expect.any(String), message: expect.stringContaining(message) } },
    })
  })
  it.each(['198.51.100.0/24', '..', '.', '%2F', 'a b', '.Bed Rock', "o'Neill", 'ИВАН', 'a/../b', '?#&', '+'])(
    'takes %j for a part of a path, as the client writes it',
    async (name) => {
      expect(await client(await listen()).ask(echo, { name, text: name })).toEqual({ name, text: name })
    },
  )
  it.each([
    ['announced', '/echo/a', [`Content-Length: ${2 ** 40}`], 1],
    ['in pieces', '/echo/a', ['Transfer-Encoding: chunked'], 1],
    ['of lines', '/lines', ['Transfer-Encoding: chunked'], 64],
  ])('refuses a body that is too large as soon as it is: %s', async (_, path, headers, maxMiB) => {
    const socket = await raw(await listen())
    const told = heard(socket)
    socket.write(head('POST', path, ...headers))
    const text = `${'[]'.padEnd(65_535)}\n`
    const piece = headers[0]?.startsWith('Transfer') ? `10000\r\n${text}\r\n` : text
    let sent = 0
    // It is still listened to for a moment, so that it hears its answer; whoever goes on for ever is cut off.
    while (!socket.destroyed && socket.writable && sent < 100_000) {
      sent++
      if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {})
      if (told().includes('413')) break
      await new Promise(setImmediate)
    }
    await vi.waitFor(() => expect(told()).toMatch(/^(HTTP\/1.1 102 Processing\r\n\r\n)*HTTP\/1.1 413 /))
    // What was sent meanwhile is in the buffers of the system and of both ends.
    expect(sent).toBeLessThan((maxMiB + 8) * 16)
  })
  it('passes on why a verb failed', async () => {
    await expect(client(await listen()).ask(failing, {})).rejects.toEqual(
      new VerbError('internal', 'no room on the disk'),
    )
  })
  it('says which is missing: nobody, or somebody who went away', async () => {
    await expect(ask(join(folderWith({}), 'control.sock'))).rejects.toMatchObject({ code: 'absent' })
    for (const said of [
      '',
      'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"data":',
      'HTTP/1.1 102 Processing\r\n\r\n',
    ]) {
      const path = join(folderWith({}), 'control.sock')
      const server = createServer((socket) => void socket.once('data', () => socket.end(said))).listen(path)
      onTestFinished(() => void server.close())
      await once(server, 'listening')
      await expect(ask(path), said).rejects.toMatchObject({ code: 'lost' })
    }
  })
  it('calls a stream that breaks off without an end one that was lost', async () => {
    const path = await listen()
    const socketPath = join(folderWith({}), 'other.sock')
    const server = createServer((socket) => {
      const text = 'event: item\ndata: "begun"\n\nevent: it'
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`))
    }).listen(socketPath)
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const seen: string[] = []
    const following = async () => {
      for await (const event of client(socketPath).follow(follow, {})) seen.push(event)
    }
    await expect(following()).rejects.toMatchObject({ code: 'lost' })
    expect(seen).toEqual(['begun'])
    expect(existsSync(path)).toBe(true)
  })
  // In the moment in which a killed process is taken apart: `ban add` gave up instead of going on alone.
  it('calls a process that was killed before it took the connection one that went away', async () => {
    const path = join(folderWith({}), 'control.sock')
    const end = await listenElsewhere(path)
    const asked = ask(path)
    end()
    await expect(asked).rejects.toMatchObject({ code: 'lost' })
    await expect(ask(path)).rejects.toMatchObject({ code: 'absent' })
  })
  it('is taken over from a process that is killed at this moment', async () => {
    const path = join(folderWith({}), 'control.sock')
    const end = await listenElsewhere(path)
    const listening = ControlServer.listen(path, async () => apiOf(VERBS, undefined))
    end()
    const control = await listening
    onTestFinished(() => control.close())
    expect(await ask(path)).toEqual({ name: 'here' })
  })
  it('ends idle connections at once when it closes, and lets answers under way finish', async () => {
    const { promise: goOn, resolve } = Promise.withResolvers<null>()
    const slow = dataVerb({ ...base, name: 'slow', path: '/slow', result: v.null(), run: () => goOn })
    const { path, control } = await server([echo, slow])
    const idle = await raw(path)
    idle.write(REQUEST)
    await once(idle, 'data')
    const asked = client(path).ask(slow, {})
    // It was taken by then: connections are, in their order.
    await ask(path)
    const closing = control.close()
    await closed(idle)
    resolve(null)
    expect(await asked).toBe(null)
    await closing
    expect(existsSync(path)).toBe(false)
  })

  it('answers where its own files are gone, and goes on when they are back', async () => {
    const path = join(folderWith({}), 'infrarust.sock')
    let load = (): Promise<Api> => Promise.reject(new Error('Cannot find module'))
    const control = await ControlServer.listen(path, () => load())
    onTestFinished(() => control.close())
    await expect(ask(path)).rejects.toThrow('Start it again: Error: Cannot find module')
    load = async () => apiOf(VERBS, undefined)
    await expect(ask(path)).resolves.toMatchObject({ name: 'here' })
  })
})
