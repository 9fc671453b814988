import { describe, expect, it } from 'vitest'
import { type GatewayConfig, readGateway } from '../../src/index.ts'

const DEFAULTS = readGateway({}).config
const [DEFAULT_LISTENER] = DEFAULTS.listeners
const RATE_LIMIT = {
  maxConnections: 3,
  windowMs: 10_000,
  statusMax: 30,
  statusWindowMs: 10_000,
  maxConcurrent: 0,
  maxPending: 32,
  acceptRate: 0,
  exempt: [],
  ipv4Prefix: 32,
  ipv6Prefix: 64,
}
const DEFAULT_PROXY_PROTOCOL = DEFAULT_LISTENER?.proxyProtocol

type Written = Readonly<Record<string, unknown>>

describe('an empty infrarust.toml', () => {
  it('is the documented defaults', () => {
    expect(readGateway({})).toEqual({ config: DEFAULTS, problems: [], warnings: [] })
    expect(DEFAULTS).toEqual({
      listeners: [
        {
          name: '0.0.0.0:25565',
          host: '0.0.0.0',
          port: 25_565,
          proxyProtocol: {
            mode: 'off',
            trusted: undefined,
            trustedFile: undefined,
            timeoutMs: 5_000,
            maxHeaderBytes: 536,
            versions: [1, 2],
          },
        },
      ],
      maxConnections: 0,
      dataDir: undefined,
      ban: { file: 'bans.db', purgeIntervalMs: 300_000, isLogged: true },
      connectTimeoutMs: 5_000,
      timeouts: {
        handshakeMs: 10_000,
        loginStartMs: 10_000,
        loginAnswerMs: 25_000,
        statusMs: 5_000,
        idleMs: 0,
        halfClosedMs: 30_000,
      },
      keepAlive: { isEnabled: true, initialDelayMs: 30_000, intervalMs: 10_000, probes: 3 },
      serversDir: './servers',
      unknownDomainBehavior: 'default_motd',
      shutdownTimeoutMs: 10_000,
      messages: {},
      defaultMotd: {},
      statusCache: { ttlMs: 5_000, maxEntries: 1_000 },
      transport: { kind: 'auto', threads: 0 },
      ipFilter: { whitelist: [], blacklist: [], whitelistFile: undefined, blacklistFile: undefined },
      rateLimit: RATE_LIMIT,
      maintenance: { allow: [] },
      auth: {
        sessionUrl: 'https://sessionserver.mojang.com/session/minecraft/hasJoined',
        timeoutMs: 10_000,
        preventsProxies: false,
        offlineUuid: 'offline',
        maxPending: 64,
      },
      forwarding: { mode: 'none', secretFile: 'forwarding.secret' },
      wake: { allow: [], wait: 'hold', perClient: 3, maxStarting: 2, maxWaiting: 256 },
      builtInProviders: [],
      providers: [],
    } satisfies GatewayConfig)
  })
})

describe('what is written', () => {
  const rows: readonly (readonly [title: string, written: Written, expected: Partial<GatewayConfig>])[] = [
    [
      'the example of the documentation',
      { bind: '0.0.0.0:25565', max_connections: 1000, receive_proxy_protocol: true },
      {
        maxConnections: 1000,
        listeners: [listener('0.0.0.0:25565', '0.0.0.0', 25_565, { mode: 'required' })],
      },
    ],
    [
      'a mode and who is trusted',
      {
        proxy_protocol: {
          mode: 'Optional',
          trusted: ['10.0.0.0/8'],
          versions: ['v2'],
          timeout: '3s',
          max_header_size: '4 KiB',
        },
      },
      {
        listeners: [
          listener('0.0.0.0:25565', '0.0.0.0', 25_565, {
            mode: 'optional',
            trusted: [{ family: 'ipv4', address: '10.0.0.0', prefix: 8 }],
            versions: [2],
            timeoutMs: 3_000,
            maxHeaderBytes: 4_096,
          }),
        ],
      },
    ],
    [
      'receive_proxy_protocol with the mode that it means',
      { receive_proxy_protocol: true, proxy_protocol: { mode: 'required', timeout: '3s' } },
      { listeners: [listener('0.0.0.0:25565', '0.0.0.0', 25_565, { mode: 'required', timeoutMs: 3_000 })] },
    ],
    [
      'listeners that take the global table key by key',
      {
        receive_proxy_protocol: true,
        proxy_protocol: { trusted: ['10.0.0.0/8'], timeout: '4s' },
        listener: [
          { bind: '0.0.0.0:25565' },
          { bind: '[::]:25566', name: 'direct', proxy_protocol: { mode: 'off', timeout: '1s' } },
          { bind: '127.0.0.1:0', proxy_protocol: { mode: 'optional', trusted: [] } },
          { bind: '127.0.0.1:0', name: 'another' },
        ],
      },
      {
        listeners: [
          listener('0.0.0.0:25565', '0.0.0.0', 25_565, { mode: 'required', trusted: TEN(), timeoutMs: 4_000 }),
          listener('direct', '::', 25_566, { mode: 'off', trusted: TEN(), timeoutMs: 1_000 }),
          listener('127.0.0.1:0', '127.0.0.1', 0, { mode: 'optional', trusted: [], timeoutMs: 4_000 }),
          listener('another', '127.0.0.1', 0, { mode: 'required', trusted: TEN(), timeoutMs: 4_000 }),
        ],
      },
    ],
    [
      'listeners that share a port, or the name of an address, and no address',
      { listener: [{ bind: '[::1]:1' }, { bind: '0.0.0.0:1' }, { bind: '0.0.0.0:0' }, { bind: '[::]:0' }] },
      {
        listeners: [
          listener('[::1]:1', '::1', 1, {}),
          listener('0.0.0.0:1', '0.0.0.0', 1, {}),
          listener('0.0.0.0:0', '0.0.0.0', 0, {}),
          listener('[::]:0', '::', 0, {}),
        ],
      },
    ],
    [
      'names and a file in `trusted`, and a listener that has its own of either',
      {
        receive_proxy_protocol: true,
        proxy_protocol: { trusted: ['LB.Internal', 'haproxy.', '::1'], trusted_file: '/lists/lb.txt' },
        listener: [
          { bind: '127.0.0.1:1', proxy_protocol: { trusted: [] } },
          { bind: '127.0.0.1:2', proxy_protocol: { mode: 'optional', trusted_file: '/other.txt' } },
        ],
      },
      {
        listeners: [
          listener('127.0.0.1:1', '127.0.0.1', 1, { mode: 'required', trusted: [], trustedFile: '/lists/lb.txt' }),
          listener('127.0.0.1:2', '127.0.0.1', 2, {
            mode: 'optional',
            trusted: [
              { hostName: 'lb.internal' },
              { hostName: 'haproxy.' },
              { family: 'ipv6', address: '::1', prefix: 128 },
            ],
            trustedFile: '/other.txt',
          }),
        ],
      },
    ],
    [
      'a file alone, which is enough for an optional listener',
      { proxy_protocol: { mode: 'optional', trusted_file: '/lists/lb.txt' } },
      {
        listeners: [listener('0.0.0.0:25565', '0.0.0.0', 25_565, { mode: 'optional', trustedFile: '/lists/lb.txt' })],
      },
    ],
    [
      'limits that are switched off as a whole',
      { rate_limit: { enabled: false, max_connections: 5, max_concurrent: 2, window: '20s' } },
      { rateLimit: { ...RATE_LIMIT, maxConnections: 0, statusMax: 0, maxPending: 0, windowMs: 20_000 } },
    ],
    [
      'optional without trusted that no listener uses',
      {
        proxy_protocol: { mode: 'optional' },
        listener: [{ bind: '0.0.0.0:1', proxy_protocol: { mode: 'off' } }],
      },
      { listeners: [listener('0.0.0.0:1', '0.0.0.0', 1, { mode: 'off' })] },
    ],
    [
      'every other key',
      {
        connect_timeout: '3s',
        servers_dir: '/etc/infrarust/servers',
        unknown_domain_behavior: 'drop',
        shutdown_timeout: '1m',
        timeouts: {
          handshake: '1s',
          login_start: '2s',
          login_answer: '28s',
          status: '4s',
          idle: '5m',
          half_closed: '6s',
        },
        keepalive: { enabled: false, time: '1m', interval: '2s', retries: 9 },
        rate_limit: { max_connections: 5, window: '20s', status_max: 0, status_window: '1s' },
        transport: { kind: 'native', threads: 2 },
      },
      {
        connectTimeoutMs: 3_000,
        serversDir: '/etc/infrarust/servers',
        unknownDomainBehavior: 'drop',
        shutdownTimeoutMs: 60_000,
        timeouts: {
          handshakeMs: 1_000,
          loginStartMs: 2_000,
          loginAnswerMs: 28_000,
          statusMs: 4_000,
          idleMs: 300_000,
          halfClosedMs: 6_000,
        },
        keepAlive: { isEnabled: false, initialDelayMs: 60_000, intervalMs: 2_000, probes: 9 },
        rateLimit: { ...RATE_LIMIT, maxConnections: 5, windowMs: 20_000, statusMax: 0, statusWindowMs: 1_000 },
        transport: { kind: 'native', threads: 2 },
      },
    ],
  ]
  it.each(rows)('%s', (_title, written, expected) => {
    const { config, problems } = readGateway(written)
    expect(problems).toEqual([])
    expect(config).toEqual({ ...DEFAULTS, ...expected })
  })
})

describe('a file of the Rust Infrarust', () => {
  it('loads; what does nothing here is a warning each', () => {
    const { config, problems, warnings } = readGateway({
      max_connections: 500,
      worker_threads: 4,
      so_reuseport: false,
      rate_limit: { enabled: true, max_connections: 5 },
      ban: { file: 'bans.json', provider: 'builtin' },
      plugins: { enabled: true, auth: { strict: true } },
    })
    expect(problems).toEqual([])
    expect(config.rateLimit.maxConnections).toBe(5)
    expect(warnings.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['worker_threads', 'worker_threads has no effect here: threads are set in [transport]'],
      ['so_reuseport', expect.stringContaining('so_reuseport has no effect here')],
      ['plugins', 'plugins has no effect here: there are no plugins here'],
      ['ban.provider', expect.stringContaining('ban.provider has no effect here')],
    ])
  })
})

describe('what is wrong', () => {
  const rows: readonly (readonly [written: Written, path: string, message: string])[] = [
    [{ max_conections: 1 }, 'max_conections', 'unknown key "max_conections"; did you mean "max_connections"?'],
    [{ transport: { knd: 'node' } }, 'transport.knd', 'unknown key "transport.knd"; did you mean "kind"?'],
    [
      { keepalive: { colour: 1 } },
      'keepalive.colour',
      'unknown key "keepalive.colour"; known here are enabled, time, interval, retries',
    ],
    // What is missing for the reason that its key is misspelt is one mistake, not two.
    [{ listener: [{ bnd: '0.0.0.0:1' }] }, 'listener.0.bnd', 'unknown key "listener[0].bnd"; did you mean "bind"?'],
    [JSON.parse('{"__proto__": {"x": 1}}'), '__proto__', 'unknown key "__proto__"'],
    [{ constructor: 1 }, 'constructor', 'unknown key "constructor"'],
    [{ connect_timeout: 5 }, 'connect_timeout', 'connect_timeout is 5; write a duration with its unit, such as "5s"'],
    [
      { timeouts: { login_answer: '29s' } },
      'timeouts.login_answer',
      'timeouts.login_answer is "29s"; the longest is "28s"',
    ],
    [
      { max_connections: '1000' },
      'max_connections',
      'max_connections is "1000"; write a whole number from 0 to 10000000',
    ],
    // The program ended with a stack trace of the native transport, which has room for 64.
    [{ transport: { threads: 65 } }, 'transport.threads', 'transport.threads is 65; write a whole number from 0 to 64'],
    [
      { receive_proxy_protocol: 'yes' },
      'receive_proxy_protocol',
      'receive_proxy_protocol is "yes"; write true or false',
    ],
    [
      { receive_proxy_protocol: 'true' },
      'receive_proxy_protocol',
      'receive_proxy_protocol is "true"; write true, without quotation marks',
    ],
    [
      { max_connections: '1000' },
      'max_connections',
      'max_connections is "1000"; write a whole number from 0 to 10000000, without quotation marks',
    ],
    [{ transport: 'node' }, 'transport', 'transport is "node"; write a table: [transport]'],
    [{ listener: { bind: '0.0.0.0:1' } }, 'listener', 'listener is a table; write tables: [[listener]]'],
    [{ listener: [{}] }, 'listener.0', '[[listener]] number 1 has no bind; add one such as bind = "0.0.0.0:25566"'],
    [{ listener: [7] }, 'listener.0', 'listener[0] is 7; write a table'],
    [
      { receive_proxy_protocol: true, proxy_protocol: { mode: 'optional', trusted: ['10.0.0.0/8'] } },
      'receive_proxy_protocol',
      'receive_proxy_protocol = true contradicts mode = "optional" in [proxy_protocol]; keep one of the two',
    ],
    [
      { receive_proxy_protocol: false, proxy_protocol: { mode: 'required' } },
      'receive_proxy_protocol',
      'receive_proxy_protocol = false contradicts mode = "required" in [proxy_protocol]; keep one of the two',
    ],
    [
      { proxy_protocol: { mode: 'optional' } },
      'proxy_protocol.mode',
      'proxy_protocol.mode is "optional" without trusted: anybody could claim any address; list the networks of your load balancers in trusted',
    ],
    [
      { listener: [{ bind: '0.0.0.0:1' }, { bind: '0.0.0.0:2', proxy_protocol: { mode: 'optional' } }] },
      'listener.1.proxy_protocol.mode',
      'listener[1].proxy_protocol.mode is "optional" without trusted: anybody could claim any address; list the networks of your load balancers in trusted',
    ],
    [
      { bind: '0.0.0.0:1', listener: [{ bind: '0.0.0.0:2' }] },
      'bind',
      'bind and [[listener]] are both there; write each address as a [[listener]] with its bind',
    ],
    [
      { listener: [{ bind: '0.0.0.0:2' }, { bind: '0.0.0.0:2', name: 'b' }] },
      'listener.1.bind',
      'two listeners bind 0.0.0.0 port 2',
    ],
    [
      {
        listener: [
          { bind: '0.0.0.0:2', name: 'a' },
          { bind: '0.0.0.0:3', name: 'a' },
        ],
      },
      'listener.1.name',
      'two listeners are called "a"',
    ],
    [
      { listener: [{ bind: '[::]:2' }, { bind: '10.0.0.1:2' }] },
      'listener.1.bind',
      '10.0.0.1 and :: of another listener overlap on port 2',
    ],
    [
      { listener: [{ bind: '127.0.0.1:2' }, { bind: '0.0.0.0:2' }] },
      'listener.1.bind',
      '0.0.0.0 and 127.0.0.1 of another listener overlap on port 2',
    ],
    [{ bind: '::1:2556' }, 'bind', 'an IPv6 address stands in brackets'],
    [{ listener: [{ bind: '::2556' }] }, 'listener.0.bind', 'an IPv6 address stands in brackets'],
    [{ bind: ':25565' }, 'bind', '0.0.0.0 is every IPv4 address, [::] every address'],
    [{ bind: '25565' }, 'bind', '0.0.0.0 is every IPv4 address, [::] every address'],
    [{ bind: '[::1:25565' }, 'bind', 'its bracket is not closed'],
    [{ bind: 'tcp://0.0.0.0:1' }, 'bind', 'it is no URL'],
    [{ proxy_protocol: { versions: [] } }, 'proxy_protocol.versions', 'proxy_protocol.versions is empty'],
    [
      { proxy_protocol: { trusted: ['10.0.0.0/8', 'lb.internal:25565'] } },
      'proxy_protocol.trusted',
      'proxy_protocol.trusted holds "lb.internal:25565"; write an address or a network',
    ],
    ...[
      // A slip in an address must not be looked up, and become whatever a resolver makes of it.
      ['10.0.0.256', ''],
      ['10.0.0', ''],
      ['10.0.0.0-8', 'is no IPv4 address'],
      ['0x7f.1', 'is no IPv4 address'],
      ['lb.0x1', 'is no IPv4 address'],
      ['10.0.0.5/8', '10.0.0.0/8'],
      ['lb.internal/24', 'a name stands for single addresses'],
      ['[::1]', ''],
      ['*.internal', 'no name has'],
      ['http://lb.internal', 'single addresses'],
      ['lb internal', 'no name has'],
      ['', ''],
    ].map(([entry, why]): [Written, string, string] => [
      { proxy_protocol: { trusted: [entry] } },
      'proxy_protocol.trusted',
      why ?? '',
    ]),
  ]
  it.each(rows)('%j', (written, path, message) => {
    const { problems } = readGateway(written)
    expect(problems).toHaveLength(1)
    expect(problems[0]?.path.join('.')).toBe(path)
    expect(problems[0]?.message).toContain(message)
    expect(problems[0]?.message).not.toContain('\n')
  })
  it('is told all at once', () => {
    expect(readGateway({ bind: 1, transport: { kind: 'x' }, nonsense: 2 }).problems).toHaveLength(3)
  })
  it.each([[undefined], [null], [7], ['text'], [[]]])('%j instead of a table does not throw', (written) => {
    expect(readGateway(written).config.listeners).toHaveLength(1)
  })
})

function TEN(): GatewayConfig['listeners'][number]['proxyProtocol']['trusted'] {
  return [{ family: 'ipv4', address: '10.0.0.0', prefix: 8 }]
}

function listener(
  name: string,
  host: string,
  port: number,
  proxyProtocol: Partial<GatewayConfig['listeners'][number]['proxyProtocol']>,
): GatewayConfig['listeners'][number] {
  if (DEFAULT_PROXY_PROTOCOL === undefined) throw new Error('the defaults have a listener')
  return { name, host, port, proxyProtocol: { ...DEFAULT_PROXY_PROTOCOL, ...proxyProtocol } }
}
