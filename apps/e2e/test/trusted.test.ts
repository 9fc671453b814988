import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { encode } from '@infrarust/proxy-protocol'
import { DnsServer, finished, folderWith, loginBytes, RawBackend, RawClient, until } from '@infrarust/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { INFRARUST } from '../fixtures/infrarust-command.ts'
import { Running } from '../fixtures/running.ts'

const LB = '127.0.0.41'
const OTHER_LB = '127.0.0.42'
const STRANGER = '127.0.0.43'

const HEADER = encode({
  command: 'PROXY',
  source: { address: '203.0.113.7', port: 54_321 },
  destination: { address: '192.0.2.10', port: 25_565 },
})
const PRELOAD = pathToFileURL(join(import.meta.dirname, '../fixtures/ask-test-resolver.ts')).href

describe('whose header is believed', () => {
  const running = new Running()
  let dns: DnsServer
  let backend: RawBackend
  beforeAll(async () => {
    dns = await DnsServer.start({})
    backend = running.add(await RawBackend.start())
  })
  afterAll(async () => {
    await running.stopAll()
    await dns.stop()
  })

  async function start(table: string, files: Readonly<Record<string, string>> = {}): Promise<Infrarust> {
    return running.add(
      await Infrarust.start({
        toml: `receive_proxy_protocol = true\n${table}`,
        files,
        servers: { s: `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n` },
        env: { NODE_OPTIONS: `--import=${PRELOAD}`, TEST_RESOLVER: dns.address },
      }),
    )
  }

  /** Whether a player who comes from this peer with a header gets to the server. */
  async function isBelieved(infrarust: Infrarust, from: string): Promise<boolean> {
    const client = running.raw(await RawClient.open(infrarust.port, { from }))
    client.send(HEADER, loginBytes('a.example.com'))
    await until(() => client.received.length > 0 || client.isClosed || client.isEnded, 'an answer or the end')
    const isThrough = client.received.length > 0
    client.destroy()
    return isThrough
  }

  async function untilBelieved(infrarust: Infrarust, from: string, wanted: boolean): Promise<void> {
    await until(
      async () => (await isBelieved(infrarust, from)) === wanted,
      `${from} is ${wanted ? '' : 'not '}believed`,
      () => infrarust.child.lines.slice(-20).join('\n'),
    )
  }

  async function command(infrarust: Infrarust, ...args: readonly string[]): Promise<string> {
    const file = join(infrarust.folder, 'infrarust.toml')
    const { stdout } = await finished(process.execPath, [INFRARUST, ...args, '--config', file], {
      env: { ...process.env, NODE_OPTIONS: `--import=${PRELOAD}`, TEST_RESOLVER: dns.address },
    })
    return stdout
  }

  it('follows the answers of a name, from the first connection on, and keeps the last while nobody answers', async () => {
    dns.isDead = false
    dns.zone = { 'A lb.test': [{ type: 'A', address: LB, ttl: 1 }] }
    const infrarust = await start('[proxy_protocol]\ntrusted = ["lb.test"]\n')
    expect(await isBelieved(infrarust, LB)).toBe(true)
    expect(await isBelieved(infrarust, STRANGER)).toBe(false)
    await infrarust.logged('not trusted')
    expect(await command(infrarust, 'status')).toMatch(new RegExp(`^lb\\.test +${LB}$`, 'm'))
    expect(await command(infrarust, 'doctor')).toContain(`believed from lb.test (${LB})`)

    dns.zone = { 'A lb.test': [{ type: 'A', address: OTHER_LB, ttl: 1 }] }
    await untilBelieved(infrarust, OTHER_LB, true)
    expect(await isBelieved(infrarust, LB)).toBe(false)

    dns.isDead = true
    await infrarust.logged('stay trusted for an hour')
    expect(await isBelieved(infrarust, OTHER_LB)).toBe(true)
    expect(await command(infrarust, 'status')).toContain('not in force as written: trusted: "lb.test" has no address')
  })

  // An empty set must not be taken for "nobody is named", which is everybody.
  it('is nobody’s while the only name has no answer, and nobody waits for one', async () => {
    dns.isDead = true
    dns.zone = { 'A lb.test': [{ type: 'A', address: LB, ttl: 1 }] }
    const infrarust = await start('[proxy_protocol]\ntrusted = ["lb.test"]\n')
    expect(await isBelieved(infrarust, LB)).toBe(false)
    expect(await command(infrarust, 'status')).toMatch(/^lb\.test +nobody now$/m)
    dns.isDead = false
    await untilBelieved(infrarust, LB, true)
  })

  it('is no more than 64 addresses of a name', async () => {
    dns.isDead = false
    const addresses = [
      ...Array.from({ length: 63 }, (_, index) => `10.0.0.${index + 1}`),
      LB,
      OTHER_LB,
      ...Array.from({ length: 935 }, (_, index) => `10.1.${index >> 8}.${index & 255}`),
    ]
    dns.zone = { 'A lb.test': addresses.map((address) => ({ type: 'A', address })) }
    const infrarust = await start('[proxy_protocol]\ntrusted = ["lb.test"]\n')
    expect(await isBelieved(infrarust, LB)).toBe(true)
    expect(await isBelieved(infrarust, OTHER_LB)).toBe(false)
    await infrarust.logged('has 1000 addresses, of which 64 count')
  })

  it('follows a file, keeps what it said when it cannot be read, and begins with nobody then', async () => {
    dns.isDead = false
    dns.zone = { 'A lb.test': [{ type: 'A', address: OTHER_LB }] }
    const table = '[proxy_protocol]\ntrusted_file = "lb.txt"\n'
    const infrarust = await start(table, { 'lb.txt': `# ours\n${LB} # the first\n` })
    const file = join(infrarust.folder, 'lb.txt')
    expect(await isBelieved(infrarust, LB)).toBe(true)
    expect(await isBelieved(infrarust, OTHER_LB)).toBe(false)

    writeFileSync(file, `${LB}\nlb.test\n`)
    await untilBelieved(infrarust, OTHER_LB, true)
    const status = JSON.parse(await command(infrarust, 'status', '--json'))
    expect(status.listeners[0]).toMatchObject({ trusted: [LB, 'lb.test'], trusted_file: file })

    rmSync(file)
    await infrarust.logged('no such file (what was read before stays trusted: 1 network, 1 name)')
    expect(await isBelieved(infrarust, LB)).toBe(true)
    expect(await isBelieved(infrarust, OTHER_LB)).toBe(true)

    writeFileSync(file, '10.0.0.256\n')
    await infrarust.logged('lb.txt:1: not an address, a network or the name of a host (what was read before stays')
    expect(await isBelieved(infrarust, LB)).toBe(true)

    writeFileSync(file, '# nobody\n')
    await untilBelieved(infrarust, LB, false)
    await infrarust.logged('is empty, so it trusts nobody')

    const again = await start(table)
    expect(await isBelieved(again, LB)).toBe(false)
    await again.logged('no such file (it trusts nobody until it can be read)')
    writeFileSync(join(again.folder, 'lb.txt'), `${LB}\n`)
    await untilBelieved(again, LB, true)
  })

  it('is what each listener says itself, and what a changed configuration says', async () => {
    dns.isDead = false
    dns.zone = { 'A lb.test': [{ type: 'A', address: LB }], 'A other.test': [{ type: 'A', address: OTHER_LB }] }
    const infrarust = await start('[proxy_protocol]\ntrusted = ["lb.test"]\n')
    expect(await isBelieved(infrarust, LB)).toBe(true)
    infrarust.writeConfiguration('receive_proxy_protocol = true\n[proxy_protocol]\ntrusted = ["other.test"]\n')
    await untilBelieved(infrarust, OTHER_LB, true)
    expect(await isBelieved(infrarust, LB)).toBe(false)
  })

  it('is warned of by check, which asks nobody', async () => {
    const folder = folderWith({
      'infrarust.toml': '[proxy_protocol]\nmode = "required"\ntrusted = ["lb.test"]\ntrusted_file = "lb.txt"\n',
      'lb.txt': '192.0.2.1\nfile.test\n',
    })
    const asked = dns.questions.length
    const file = join(folder, 'infrarust.toml')
    const { stdout, stderr } = await finished(process.execPath, [INFRARUST, 'check', '--config', file], {
      env: { ...process.env, NODE_OPTIONS: `--import=${PRELOAD}`, TEST_RESOLVER: dns.address },
    })
    expect(stdout).toContain(`trusted: lb.test, file ${join(folder, 'lb.txt')}`)
    expect(stderr).toContain('[proxy_protocol] trusted: whoever answers for the name "lb.test"')
    expect(stderr).toContain(`lb.txt: whoever answers for the name "file.test"`)
    expect(stderr).toContain('may claim any address')
    expect(dns.questions).toHaveLength(asked)
  })
})
