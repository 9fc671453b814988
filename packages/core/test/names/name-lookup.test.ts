import { lookup } from 'node:dns'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DnsServer, folderWith } from '@infrarust/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NameLookup } from '../../src/index.ts'

let dns: DnsServer
let folder: string

beforeEach(async () => {
  dns = await DnsServer.start({})
  folder = folderWith()
})
afterEach(async () => {
  await dns.stop()
})

describe('a look-up of a backend’s name', () => {
  it('gives A before AAAA, and the shortest TTL', async () => {
    dns.zone = {
      'A survival.test': [
        { type: 'A', address: '192.0.2.1', ttl: 7 },
        { type: 'A', address: '192.0.2.2', ttl: 9 },
      ],
      'AAAA survival.test': [{ type: 'AAAA', address: '2001:db8:0:0:0:0:0:1' }],
    }
    const answer = await (await names()).lookUp('Survival.test', false)
    expect(answer).toEqual({
      kind: 'found',
      targets: [to('192.0.2.1'), to('192.0.2.2'), to('2001:db8::1')],
      ttlSeconds: 7,
    })
    expect(dns.questions.some((question) => question.startsWith('SRV'))).toBe(false)
  })

  it.each(['A', 'AAAA'] as const)('is content with %s alone', async (type) => {
    const address = type === 'A' ? '192.0.2.1' : '2001:db8:0:0:0:0:0:1'
    dns.zone = { [`${type} survival.test`]: [{ type, address }] }
    expect(await (await names()).lookUp('survival.test', false)).toMatchObject({
      kind: 'found',
      targets: [{ port: undefined }],
    })
  })

  it('takes a v4 address that AAAA shows mapped for what it is', async () => {
    dns.zone = { 'AAAA survival.test': [{ type: 'AAAA', address: '0:0:0:0:0:ffff:c000:0201' }] }
    expect(await (await names()).lookUp('survival.test', false)).toMatchObject({ targets: [to('192.0.2.1')] })
  })

  it('follows SRV where no port is given: by priority, then by weight', async () => {
    dns.zone = {
      'SRV _minecraft._tcp.survival.test': [
        { type: 'SRV', priority: 20, weight: 0, port: 25003, target: 'c.test' },
        { type: 'SRV', priority: 10, weight: 1, port: 25002, target: 'b.test' },
        { type: 'SRV', priority: 10, weight: 9, port: 25001, target: 'a.test' },
      ],
      'A a.test': [{ type: 'A', address: '192.0.2.1' }],
      'A b.test': [{ type: 'A', address: '192.0.2.2' }],
      'A c.test': [{ type: 'A', address: '192.0.2.3' }],
      'A survival.test': [{ type: 'A', address: '192.0.2.99' }],
    }
    const answer = await (await names()).lookUp('survival.test', true)
    expect(answer).toMatchObject({
      kind: 'found',
      targets: [to('192.0.2.1', 25001), to('192.0.2.2', 25002), to('192.0.2.3', 25003)],
    })
  })

  it('falls back to the name itself where its SRV targets have no address', async () => {
    dns.zone = {
      'SRV _minecraft._tcp.survival.test': [{ type: 'SRV', priority: 1, weight: 1, port: 25001, target: 'gone.test' }],
      'A survival.test': [{ type: 'A', address: '192.0.2.99' }],
    }
    expect(await (await names()).lookUp('survival.test', true)).toMatchObject({ targets: [to('192.0.2.99')] })
  })

  it('reads the hosts file first and asks nobody then', async () => {
    const lookUps = await names({
      hosts: '# 10.0.0.9 survival.test\n10.0.0.1\tSURVIVAL.test other # and\n::1 survival.test\nbad survival.test\n',
    })
    expect(await lookUps.lookUp('survival.test', true)).toMatchObject({
      kind: 'found',
      targets: [to('10.0.0.1'), to('::1')],
    })
    expect(dns.questions).toEqual([])
  })

  it('reads /etc/hosts as the system does', async () => {
    const [, , name] = /^(127\.0\.0\.1)\s+(\S+)/m.exec(await readFile('/etc/hosts', 'utf8')) ?? []
    expect(name, 'this machine has a name for 127.0.0.1').toBeDefined()
    const { promise, resolve } = Promise.withResolvers<string>()
    lookup(name ?? '', { family: 4 }, (_error, address) => resolve(address))
    expect(await new NameLookup().lookUp(name ?? '', false)).toMatchObject({
      targets: expect.arrayContaining([to(await promise)]),
    })
  })

  it('follows the search list, as a short name in Kubernetes needs it', async () => {
    dns.zone = { 'A mc.games.svc.cluster.local': [{ type: 'A', address: '192.0.2.1' }] }
    const lookUps = await names({ resolv: 'search games.svc.cluster.local svc.cluster.local\noptions ndots:5\n' })
    expect(await lookUps.lookUp('mc', true)).toMatchObject({ targets: [to('192.0.2.1')] })
    expect(dns.questions).not.toContain('SRV _minecraft._tcp.mc')
    dns.zone = { 'A a.b.test': [{ type: 'A', address: '192.0.2.2' }] }
    expect(await lookUps.lookUp('a.b.test', false)).toMatchObject({ targets: [to('192.0.2.2')] })
  })

  // What a zone or resolv.conf says is text of somebody else: the next resolver, or the hosts file, must not get it as it is.
  it('never asks for a name that no host can have', async () => {
    dns.zone = {
      'SRV _minecraft._tcp.survival.test': [
        { type: 'SRV', priority: 1, weight: 1, port: 25001, target: 'a b.test' },
        { type: 'SRV', priority: 1, weight: 1, port: 25002, target: 'a\x1b.test' },
        { type: 'SRV', priority: 2, weight: 1, port: 25003, target: 'c.test' },
      ],
      'A c.test': [{ type: 'A', address: '192.0.2.3' }],
    }
    const lookUps = await names({ resolv: 'search x\x07.test games.test\n' })
    expect(await lookUps.lookUp('survival.test', true)).toMatchObject({ targets: [to('192.0.2.3', 25003)] })
    for (const name of ['a\r\nb', 'a\n', 'a b', 'a\x1b[31m', ''])
      expect(await lookUps.lookUp(name, true)).toMatchObject({ kind: 'failed' })
    expect((await lookUps.lookUp('mc', false)).kind).toBe('failed')
    expect(dns.questions.filter((question) => !/^\w+ [\w.-]+$/.test(question))).toEqual([])
  })

  it('says which name has no address', async () => {
    expect(await (await names()).lookUp('gone.test', true)).toEqual({
      kind: 'failed',
      message: '"gone.test" has no address: ENOTFOUND',
    })
  })

  it('gives up on a dead resolver, without taking a thread from anybody', async () => {
    dns.isDead = true
    const lookUps = await names({ tryTimeoutMs: 500 })
    const four = Promise.all(['a', 'b', 'c', 'd'].map((label) => lookUps.lookUp(`${label}.test`, true)))
    while (!dns.questions.includes('A d.test')) await readFile('/etc/hosts')
    // One of these for each call of dns.lookup; four of them are all the threads that libuv has.
    expect(process.getActiveResourcesInfo()).not.toContain('GetAddrInfoReqWrap')
    for (const answer of await four)
      expect(answer).toMatchObject({ kind: 'failed', message: expect.stringContaining('ETIMEOUT') })
  })
})

/** A resolver that lives is waited for, however busy the machine is. */
async function names({
  hosts = '',
  resolv = '',
  tryTimeoutMs = 10_000,
}: {
  hosts?: string
  resolv?: string
  tryTimeoutMs?: number
} = {}): Promise<NameLookup> {
  const [hostsFile, resolvConf] = [join(folder, 'hosts'), join(folder, 'resolv.conf')]
  await writeFile(hostsFile, hosts)
  await writeFile(resolvConf, resolv)
  return new NameLookup({ resolvers: [dns.address], hostsFile, resolvConf, tryTimeoutMs })
}

function to(address: string, port?: number) {
  return { address, port }
}
