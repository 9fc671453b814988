import { RawClient } from '@infrarust/test-kit'
import minecraft from 'minecraft-protocol'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { login, ping } from '../fixtures/minecraft-client.ts'
import { type Refusal, Refusals } from '../fixtures/refusals.ts'

/** What is said in which version is the same on both transports; the other one shows that it carries the extremes. */
const VERSIONS = {
  node: minecraft.supportedVersions,
  native: [minecraft.supportedVersions.at(0), '1.16.5', minecraft.supportedVersions.at(-1)].filter(
    (version) => version !== undefined,
  ),
}[inject('transport')]

let refusals: Refusals
beforeAll(async () => {
  refusals = await Refusals.start()
})
afterAll(async () => {
  await refusals.stop()
})

/** What the client library reads out of it, whatever this version's JSON is like. */
function textOf(component: unknown): string {
  if (typeof component === 'string') return component.startsWith('{') ? textOf(JSON.parse(component)) : component
  if (Array.isArray(component)) return component.map(textOf).join('')
  if (typeof component !== 'object' || component === null) return ''
  const text = 'text' in component && typeof component.text === 'string' ? component.text : ''
  return text + ('extra' in component ? textOf(component.extra) : '')
}

describe('whoever is turned away, by the real client library', () => {
  it('tries every version that the library has', () => {
    expect(minecraft.supportedVersions.length).toBeGreaterThan(20)
    expect(minecraft.supportedVersions).toContain('1.7')
  })
  it.each(VERSIONS)('reads the kick and the status of every reason with version %s', async (version) => {
    const { protocol } = await answersFor(version)
    expect(protocol).toBeGreaterThan(0)
  })

  /**
   * The library makes the codec of a version when it needs it for the first time, in the middle of a login. That takes it
   * longer than a client who is turned away is listened to.
   */
  async function warmUp(version: string): Promise<void> {
    const [first] = refusals.refusals
    if (first === undefined) return
    await login({ ...first, version })
    await ping({ ...first, version }).catch(() => undefined)
  }

  /**
   * Again where the library, and not the proxy, was too slow: a client that is turned away has a second to say what it
   * wants, and this process may stand still for longer.
   */
  async function inTime<T>(attempt: () => Promise<T>, isAnswered: (outcome: T) => boolean): Promise<T> {
    for (let tries = 1; ; tries++) {
      const startedAt = performance.now()
      const outcome = await attempt()
      if (isAnswered(outcome) || tries === 3 || performance.now() - startedAt < 1_000) return outcome
    }
  }

  async function answersFor(version: string): Promise<{ protocol: number }> {
    let protocol = 0
    const each = async (refusal: Refusal): Promise<void> => {
      const { port, domain, from, kick, status } = refusal
      const name = `P${version.replaceAll('.', '')}`
      const end = await inTime(
        () => login({ port, domain, from, version, name }),
        ({ kind }) => kind !== 'closed',
      )
      expect(end.kind === 'kicked' ? textOf(end.text) : end, `kick of ${refusal.reason}`).toContain(kick)
      if (status === undefined) return
      const answer = await inTime(
        () => ping({ port, domain, from, version }).catch((error: Error) => error),
        (outcome) => !(outcome instanceof Error),
      )
      if (answer instanceof Error) throw answer
      if (!('version' in answer)) throw new Error('the library took the answer for a legacy one')
      expect(textOf(answer.description), `status of ${refusal.reason}`).toContain(status)
      // With another number the client would show "outdated" in place of the text.
      protocol = answer.version.protocol
    }
    await warmUp(version)
    for (const refusal of refusals.refusals) await each(refusal)
    return { protocol }
  }
})

describe('whoever is turned away with a client from before 1.7', () => {
  const HOST = (domain: string): Buffer => Buffer.from(domain, 'utf16le').swap16()

  function ping16(domain: string): Buffer {
    const channel = HOST('MC|PingHost')
    const host = HOST(domain)
    const rest = Buffer.alloc(1 + 2 + host.length + 4)
    rest.writeUInt8(78, 0)
    rest.writeUInt16BE(domain.length, 1)
    host.copy(rest, 3)
    rest.writeInt32BE(25_565, 3 + host.length)
    const lengths = Buffer.alloc(2)
    lengths.writeUInt16BE(rest.length)
    return Buffer.concat([Buffer.from([0xfe, 0x01, 0xfa, 0x00, 0x0b]), channel, lengths, rest])
  }

  /** Protocol 73: 1.6.1. */
  function login16(domain: string): Buffer {
    const [name, host] = [HOST('Steve'), HOST(domain)]
    const field = (length: number): Buffer => {
      const bytes = Buffer.alloc(2)
      bytes.writeUInt16BE(length)
      return bytes
    }
    const port = Buffer.alloc(4)
    port.writeInt32BE(25_565)
    return Buffer.concat([Buffer.from([0x02, 73]), field(5), name, field(domain.length), host, port])
  }

  async function kickFor({ port, from }: Refusal, bytes: Uint8Array): Promise<string> {
    const client = await RawClient.open(port, { from })
    client.send(bytes)
    await client.closed()
    expect(client.error).toBeUndefined()
    expect(client.received[0]).toBe(0xff)
    const units = client.received.subarray(3)
    expect(units.length).toBe(2 * client.received.readUInt16BE(1))
    return Buffer.from(units).swap16().toString('utf16le')
  }

  it('reads the status of every reason in the ping of 1.6, with its own protocol number', async () => {
    for (const refusal of refusals.refusals.filter(({ status }) => status !== undefined)) {
      const fields = (await kickFor(refusal, ping16(refusal.domain))).split('\0')
      expect(fields, refusal.reason).toEqual(['§1', '78', 'Infrarust', refusal.status, '0', '0'])
    }
  })
  it('reads the kick of every reason in the login of 1.6', async () => {
    for (const refusal of refusals.refusals) {
      expect(await kickFor(refusal, login16(refusal.domain)), refusal.reason).toContain(refusal.kick)
    }
  })
  it('reads a status in the pings that name no domain', async () => {
    const banned = refusals.refusals.find(({ reason }) => reason === 'banned')
    const unknown = refusals.refusals.find(({ reason }) => reason === 'unknown_domain')
    if (banned === undefined || unknown === undefined) throw new Error('reasons are missing')
    for (const refusal of [banned, unknown]) {
      expect(await kickFor(refusal, Buffer.from([0xfe]))).toBe(`${refusal.status}§0§0`)
      const fields = (await kickFor(refusal, Buffer.from([0xfe, 0x01]))).split('\0')
      expect(fields).toEqual(['§1', '127', 'Infrarust', refusal.status, '0', '0'])
    }
  })
  it('is in the access log with the reason', async () => {
    for (const { reason, status } of refusals.refusals.filter(({ port }) => port === refusals.infrarust.port)) {
      const pings = status === undefined ? [] : ['status', 'legacy_status']
      for (const intent of ['login', 'legacy_login', ...pings]) {
        await refusals.infrarust.record((record) => record.reason === reason && record.intent === intent)
      }
    }
  })
})
