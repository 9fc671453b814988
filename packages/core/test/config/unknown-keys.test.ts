import { describe, expect, it } from 'vitest'
import { serverValidator } from '../../src/entries/provider.ts'
import { gatewayKeys, readGateway } from '../../src/index.ts'

type Written = Readonly<Record<string, unknown>>

const RECEIVE = 'write receive_proxy_protocol = true for headers of a load balancer in front'
const SEND = 'write send_proxy_protocol = true (or "v1") for a server that expects a header'
const SERVER = { domains: ['a.example.com'], addresses: ['10.0.0.1'] }

const validateServer = serverValidator(gatewayKeys())
const ofGateway = (written: Written) => readGateway(written).problems.map(({ message }) => message)
function ofServer(written: Written): readonly string[] {
  const validated = validateServer(
    { key: 'a', source: 'a.toml', values: { ...SERVER, ...written } },
    'file',
    'operator',
  )
  return 'problems' in validated ? validated.problems.map(({ message }) => message) : []
}

describe('a key of infrarust.toml that is not known', () => {
  // A key below a header was told to be unknown in that table, with the list of what is known there.
  it.each([
    [{ ban: { bind: 'x' } }, 'unknown key "ban.bind"; bind belongs above the first [table]: below [ban]'],
    [{ proxy_protocol: { receive_proxy_protocol: true } }, 'receive_proxy_protocol belongs above the first [table]'],
    [{ listener: [{ bind: '0.0.0.0:1', servers_dir: 'x' }] }, 'servers_dir belongs above the first [table]'],
    [{ ban: { transport: {} } }, 'transport is a table of its own; write [transport]'],
    [{ proxy_protocol: true }, `proxy_protocol is true; ${RECEIVE}`],
    [{ proxy_protocol: 'v2' }, `proxy_protocol is "v2"; ${RECEIVE}`],
    [{ listener: [{ bind: '0.0.0.0:1', proxy_protocol: true }] }, 'write mode = "required" (or "off")'],
    [{ haproxy_protocol: true }, RECEIVE],
    [{ 'haproxy-protocol': true }, RECEIVE],
    [{ proxyProtocol: true }, RECEIVE],
    [{ proxyProtocol: { mode: 'off' } }, 'did you mean "proxy_protocol"?'],
    [{ 'accept-proxy-protocol': true }, RECEIVE],
    [{ use_proxy_protocol: true }, RECEIVE],
    [{ send_proxy_protocol: true }, 'write send_proxy_protocol = true in servers/*.toml'],
    [{ receiveProxyProtocol: true }, 'did you mean "receive_proxy_protocol"?'],
    [{ 'max-connections': 5 }, 'did you mean "max_connections"?'],
    [{ ban: { purgeInterval: 5 } }, 'did you mean "purge_interval"?'],
    [{ domains: ['a'] }, 'servers/survival.toml'],
    [{ max_players: 5 }, 'it is a key of a server; write it in a file of its own'],
    [{ motd: {} }, 'it is a key of a server; write it in a file of its own'],
    [{ bind_address: 'x' }, 'where the proxy listens is said by bind ='],
    [{ listen: 'x' }, 'where the proxy listens is said by bind ='],
    [{ trusted: [] }, 'write it in [proxy_protocol]'],
    [{ servers: [{ domains: ['a'] }] }, 'each server has a file of its own'],
  ])('%j', (written, message) => {
    expect(ofGateway(written)).toContainEqual(expect.stringContaining(message))
    expect(ofGateway(written)).toHaveLength(1)
  })
  it('brings the list of known keys once', () => {
    const problems = ofGateway({ qqqq: 1, wwww: 2, zzzz: 3 })
    expect(problems).toHaveLength(3)
    expect(problems.filter((problem) => problem.includes('known here are'))).toHaveLength(1)
  })
})

describe('a key of a server that is not known', () => {
  it.each([
    [{ proxy_protocol: true }, `proxy_protocol is true; ${SEND}`],
    [{ send_proxy: true }, SEND],
    [{ 'send-proxy-v2': true }, SEND],
    [{ haproxy: true }, SEND],
    [{ proxyProtocolV2: true }, SEND],
    [{ sendProxyProtocol: true }, 'did you mean "send_proxy_protocol"?'],
    [{ receive_proxy_protocol: true }, 'receive_proxy_protocol = true in infrarust.toml'],
    [{ 'accept-proxy-protocol': true }, 'receive_proxy_protocol = true in infrarust.toml'],
    [{ timeouts: { domains: ['b'] } }, 'domains belongs above the first [table]'],
    [{ maxPlayers: 5 }, 'did you mean "max_players"?'],
    [{ bind: '0.0.0.0:1' }, 'where the proxy listens'],
    [{ max_connections: 5 }, 'it is a key of the whole proxy; write it in infrarust.toml'],
    [{ ban: {} }, 'it is a key of the whole proxy; write it in infrarust.toml'],
    [{ connect_timeout: '3s' }, 'write connect in [timeouts]'],
    [{ server_address: 'x' }, 'where the server is stands in addresses ='],
    [{ 'online-mode': true }, 'it stands in the server.properties of the server'],
    [{ servers: [{ domains: ['b'] }] }, 'a file is one server; write its keys without a [table] around them'],
    [{ messages: { unknown_domain: 'x' } }, 'it never applies to a server: no server has the domain'],
    [{ messages: { proxy_full: { kick: 'x' } } }, 'it never applies to a server: the whole proxy is full'],
  ])('%j', (written, message) => {
    expect(ofServer(written)).toContainEqual(expect.stringContaining(message))
    expect(ofServer(written)).toHaveLength(1)
  })
})
