import { decodeStatusReply } from '@infrarust/minecraft'
import { afterEach, describe, expect, it } from 'vitest'
import { exchange } from '../../src/backend/exchange.ts'
import { Backend, STATUS_JSON, statusReply } from '../status/backend.ts'

let backend: Backend | undefined
afterEach(async () => {
  await backend?.stop()
  backend = undefined
})

function ask(port: number, timeoutMs = 20_000): ReturnType<typeof exchange> {
  const endpoint = { host: '127.0.0.1', address: '127.0.0.1', port }
  return exchange({ endpoint, timeoutMs, request: () => Buffer.from('hello'), decode: decodeStatusReply })
}

describe('a question to a backend', () => {
  it('is answered however the answer is cut', async () => {
    const reply = statusReply()
    let at = 0
    backend = await Backend.start(() => reply.subarray(0, ++at))
    const { port } = backend
    // The rest never comes: only whole answers count.
    expect(await ask(port, 300)).toMatchObject({ kind: 'failed', cause: 'cut_short' })
    at = reply.length - 1
    expect(await ask(port)).toEqual({ kind: 'answer', value: { kind: 'status-response', json: STATUS_JSON } })
  })
  it('tells an end without a byte from one in the middle, and from no connection', async () => {
    backend = await Backend.start(() => 'close')
    expect(await ask(backend.port)).toMatchObject({ kind: 'failed', cause: 'silent_close' })
    await backend.stop()
    expect(await ask(backend.port)).toMatchObject({ kind: 'failed', cause: 'unreachable' })
    backend = await Backend.start(() => Buffer.from([0xff, 0xff, 0xff]))
    expect(await ask(backend.port)).toMatchObject({ kind: 'failed', cause: 'malformed' })
  })
})
