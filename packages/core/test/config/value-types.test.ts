import { describe, expect, it } from 'vitest'
import { domainPattern } from '../../src/config/values/domain.ts'
import { backendAddress, backendAddressOnNetwork } from '../../src/config/values/host-and-port.ts'
import {
  bindAddress,
  boolean,
  choice,
  duration,
  formatDuration,
  integer,
  list,
  network,
  parseDuration,
  port,
  size,
  text,
  type ValueType,
} from '../../src/entries/provider.ts'
import { proxyVersion, sentProxyVersion } from '../../src/proxy-header/proxy-version.ts'
import { domainRewrite } from '../../src/server/domain-rewrite.ts'

type Row = readonly [written: unknown, expected: unknown]
/** Marks an expected refusal: the fault has to contain this text. */
class Fault {
  readonly part: string
  constructor(part: string) {
    this.part = part
  }
}
const fault = (part: string): Fault => new Fault(part)

function reads<T>(type: ValueType<T>, rows: readonly Row[]): void {
  it.each(rows.map(([written, expected]) => [written, expected]))('%j → %j', (written, expected) => {
    const reading = type.read(written)
    if (expected instanceof Fault) {
      expect(reading).toMatchObject({ kind: 'fault' })
      expect(JSON.stringify(reading)).toContain(JSON.stringify(expected.part).slice(1, -1))
    } else expect(reading).toEqual({ kind: 'value', value: expected })
  })
}

const NEVER_A_VALUE: readonly unknown[] = [Symbol.iterator, Number.NaN, { deep: {} }, new Date(Number.NaN), 10n, null]

describe('every value type', () => {
  const types: readonly ValueType<unknown>[] = [
    text({ maxLength: 9 }),
    boolean,
    integer({ min: 0, max: 9 }),
    port,
    size({ min: 1, max: 9 }),
    duration(),
    choice(['a']),
    list(port, 'ports'),
    network,
    bindAddress,
    backendAddress,
    domainPattern,
    domainRewrite,
    proxyVersion,
    sentProxyVersion,
  ]
  it('refuses what is of another kind, in one short line, and never throws', () => {
    for (const type of types)
      for (const written of [...NEVER_A_VALUE, 'é'.repeat(100_000)]) {
        const reading = type.read(written)
        expect(reading.kind, `${type.name} took ${typeof written}`).toBe('fault')
        if (reading.kind === 'fault') expect(reading.fault).toMatch(/^(is|holds) [^\n]{1,400}$/)
      }
  })
})

describe('a duration', () => {
  reads(duration({ maxMs: 28_000 }), [
    ['5s', 5_000],
    ['500ms', 500],
    ['1.5s', 1_500],
    [' 1s 500ms ', 1_500],
    ['1S', 1_000],
    ['0s', 0],
    [5, fault('write a duration with its unit, such as "5s"')],
    ['5', fault('such as "5s"')],
    ['28s', 28_000],
    ['29s', fault('the longest is "28s"')],
    ['-5s', fault('write a duration such as')],
    ['5 parsecs', fault('write a duration such as')],
    ['', fault('write a duration such as')],
  ])
  reads(duration(), [
    ['1m 30s', 90_000],
    ['2m30s', 150_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    // Node's timers fire at once for more than 2³¹−1 milliseconds.
    ['25d', fault('the longest is "24d"')],
    [`${'9'.repeat(400)}s`, fault('the longest is "24d"')],
  ])
  it('is written as it is read', () => {
    for (const milliseconds of [0, 1, 999, 1_000, 90_000, 3_600_000, 86_400_001])
      expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds)
  })
})

describe('a size', () => {
  reads(size({ min: 16, max: 65_551 }), [
    [536, 536],
    ['536', 536],
    ['4 KiB', 4_096],
    ['4kb', 4_000],
    ['4k', fault('such as "4 KiB"')],
    ['1 MiB', fault('from 16 to 65551')],
    [15, fault('from 16 to 65551')],
    [16.5, fault('from 16 to 65551')],
  ])
})

describe('a port', () => {
  reads(port, [
    [25_565, 25_565],
    [1, 1],
    [65_535, 65_535],
    [0, fault('is 0; a port is a number from 1 to 65535')],
    [65_536, fault('is 65536; a port is a number from 1 to 65535')],
    ['25565x', fault('is "25565x"; a port is a number from 1 to 65535')],
  ])
})

describe('the address of a backend', () => {
  reads(backendAddress, [
    ['10.0.1.5:25565', { host: '10.0.1.5', port: 25_565 }],
    ['10.0.1.5', { host: '10.0.1.5', port: undefined }],
    ['[2001:DB8::0:1]:25566', { host: '2001:db8::1', port: 25_566 }],
    ['[::1]', { host: '::1', port: undefined }],
    ['2001:db8::1', { host: '2001:db8::1', port: undefined }],
    ['::ffff:10.0.0.1', { host: '10.0.0.1', port: undefined }],
    ['[fe80::1%eth0]:1', { host: 'fe80::1%eth0', port: 1 }],
    ['Lobby_1.Internal.:7', { host: 'lobby_1.internal', port: 7 }],
    ['müller.de', { host: 'xn--mller-kva.de', port: undefined }],
    ['lobby:0', fault('a port is a number from 1 to 65535')],
    ['lobby:65536', fault('a port is a number from 1 to 65535')],
    ['lobby:', fault('a port is a number from 1 to 65535')],
    ['a:b:c', fault('stands in brackets')],
    ['[lobby]:1', fault('"lobby" is no IPv6 address')],
    ['999.0.0.1:1', fault('"999.0.0.1" is no IPv4 address')],
    ['1.2.3', fault('"1.2.3" is no IPv4 address')],
    ['010.0.0.1', fault('"010.0.0.1" is no IPv4 address')],
    ['a..b', fault('two dots')],
    ['a b', fault('holds a character that no name has')],
    ['', fault('the name is empty')],
    [':25565', fault('the name is empty')],
    ['*.example.com', fault('"*" holds a character')],
    ['unix:/run/paper.sock', { host: 'unix:/run/paper.sock', port: undefined }],
    [' UNIX:///run//paper.sock ', { host: 'unix:/run/paper.sock', port: undefined }],
    ['unix:/run/käfer.sock', { host: 'unix:/run/käfer.sock', port: undefined }],
    [`unix:/${'x'.repeat(106)}`, { host: `unix:/${'x'.repeat(106)}`, port: undefined }],
    // A host of that name is a host.
    ['unix:25565', { host: 'unix', port: 25_565 }],
    ['unix', { host: 'unix', port: undefined }],
    [`unix:/${'x'.repeat(107)}`, fault('the path has 108 bytes, and a Unix socket at most 107')],
    [`unix:/${'ü'.repeat(54)}`, fault('the path has 109 bytes, and a Unix socket at most 107')],
    ['unix:paper.sock', fault('begins with "/"')],
    ['unix:', fault('begins with "/"')],
    ['unix:/run/', fault('ends with the name of a file')],
    ['unix:/run/\u0007', fault('control characters')],
    ['unix:@paper', fault('abstract sockets have no permissions')],
    ['unix:\0paper', fault('begins with "/"')],
  ])
})

describe('the address of a backend that anyone may write', () => {
  reads(backendAddressOnNetwork, [
    ['10.0.1.5:25565', { host: '10.0.1.5', port: 25_565 }],
    ['unix:25565', { host: 'unix', port: 25_565 }],
    ['unix:/run/infrarust/control.sock', fault('a Unix socket is for the files of the operator alone')],
    ['unix:@docker', fault('a Unix socket is for the files of the operator alone')],
  ])
})

describe('a bind address', () => {
  reads(bindAddress, [
    ['0.0.0.0:25565', { text: '0.0.0.0:25565', host: '0.0.0.0', port: 25_565 }],
    ['[::]:25577', { text: '[::]:25577', host: '::', port: 25_577 }],
    ['127.0.0.1', { text: '127.0.0.1', host: '127.0.0.1', port: 25_565 }],
    ['127.0.0.1:0', { text: '127.0.0.1:0', host: '127.0.0.1', port: 0 }],
    ['2001:db8::10', { text: '2001:db8::10', host: '2001:db8::10', port: 25_565 }],
    [25_565, fault('write an address and a port such as "0.0.0.0:25565"')],
    ['0.0.0.0:99999', fault('a port is a number')],
    [
      'unix:/run/infrarust/in.sock',
      { text: 'unix:/run/infrarust/in.sock', host: 'unix:/run/infrarust/in.sock', port: undefined },
    ],
    ['unix:in.sock', fault('write a Unix socket such as "unix:/run/infrarust/in.sock": the path')],
    [`unix:/${'x'.repeat(107)}`, fault('a Unix socket at most 107')],
  ])
})

describe('a network', () => {
  reads(network, [
    ['10.0.0.0/8', { family: 'ipv4', address: '10.0.0.0', prefix: 8 }],
    ['10.1.2.3', { family: 'ipv4', address: '10.1.2.3', prefix: 32 }],
    ['2001:DB8::/32', { family: 'ipv6', address: '2001:db8::', prefix: 32 }],
    ['::ffff:10.0.0.0/104', { family: 'ipv4', address: '10.0.0.0', prefix: 8 }],
    ['10.0.0.0/33', fault('the prefix "33"')],
    ['10.0.0.1/8', fault('the network is 10.0.0.0/8')],
    ['load-balancer', fault('"load-balancer" is not an IPv4 or IPv6 address')],
  ])
})

describe('a domain', () => {
  reads(domainPattern, [
    ['Survival.Example.com.', 'survival.example.com'],
    ['*.example.com', '*.example.com'],
    ['lobby?.example.com', 'lobby?.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['*', '*'],
    ['a.*.example.com', 'a.*.example.com'],
    ['lobby-*.example.com', fault('"*" stands for whole labels')],
    ['http://a.example.com', fault('which no host name can have')],
    ['a.example.com:25565', fault('which no host name can have')],
    ['a..example.com', fault('empty label')],
    ['', fault('it is empty')],
    [`${'a'.repeat(64)}.com`, fault('more than 63 characters')],
  ])
})

describe('a word from a list', () => {
  reads(choice(['zero_copy', 'bungee_cord', 'full'], { modern: 'full' }), [
    ['zero_copy', 'zero_copy'],
    ['zerocopy', 'zero_copy'],
    ['Zero-Copy', 'zero_copy'],
    ['BungeeCord', 'bungee_cord'],
    ['MODERN', 'full'],
    ['fulll', fault('did you mean "full"? Or write one of "zero_copy", "bungee_cord", "full"')],
    ['Zero-cpoy', fault('did you mean "zero_copy"?')],
    ['nothing of the kind', fault('write one of')],
    ['constructor', fault('write one of')],
  ])
  it('is completed and accepted by an editor in every spelling that the reader takes', () => {
    const pattern = choice(['zero_copy']).schema.anyOf?.[1]?.pattern ?? ''
    for (const spelling of ['zero_copy', 'zerocopy', 'Zero-Copy', 'ZEROCOPY'])
      expect(spelling).toMatch(new RegExp(pattern))
    expect('zero copy').not.toMatch(new RegExp(pattern))
  })
})

describe('versions of the PROXY protocol', () => {
  reads(sentProxyVersion, [
    [true, 2],
    [false, false],
    ['v1', 1],
    ['V2', 2],
    ['v3', fault('write true (version 2), false, "v1" or "v2"')],
    [1, fault('write true')],
  ])
  reads(proxyVersion, [
    ['v1', 1],
    [2, 2],
    [true, fault('write "v1" or "v2"')],
  ])
})

describe('what the backend sees as domain', () => {
  reads(domainRewrite, [
    ['none', { kind: 'none' }],
    ['from_backend', { kind: 'from-backend' }],
    ['From-Backend', { kind: 'from-backend' }],
    ['Lobby.Internal', { kind: 'explicit', domain: 'lobby.internal' }],
    ['10.0.0.1', { kind: 'explicit', domain: '10.0.0.1' }],
    [{ explicit: 'lobby.internal' }, { kind: 'explicit', domain: 'lobby.internal' }],
    [{ explicit: 'lobby.internal', more: 1 }, fault('write "none"')],
    [{ expicit: 'lobby.internal' }, fault('write "none"')],
    ['a b', fault('holds a character')],
  ])
})

describe('a list', () => {
  reads(list(port, 'ports', { minLength: 1 }), [
    [
      [1, 2, 1],
      [1, 2],
    ],
    [[], fault('is empty')],
    [[1, 'x'], fault('holds "x"; a port is a number')],
    ['1', fault('is "1"; write a list of ports, such as ["1"]')],
  ])
})
