import { type AccessRecord, type LiveConnection, REASON_NAMES } from '@infrarust/core'
import { describe, expect, it, vi } from 'vitest'
import { type MetricSources, Metrics } from '../src/admin/metrics.ts'

const SERVERS = ['lobby', 'survival']

function metricsOf(sources: Partial<MetricSources> = {}): Metrics {
  const metrics = new Metrics({
    build: () => ({ version: '1.2.3', transport: 'node' }),
    servers: () => SERVERS,
    live: () => [],
    providers: () => [
      {
        ...{ name: 'file', state: 'serving', hasList: true, servers: SERVERS },
        ...{ problems: ['a'], conflicts: [], lastError: undefined },
      },
    ],
    sizes: () => ({ bans: 3 }),
    power: () => [
      {
        id: 'survival',
        type: 'local',
        phase: 'starting',
        elapsedMs: 1_000,
        etaMs: undefined,
        waiting: 2,
        sessions: 2,
        starts: 3,
        failures: 1,
        lastReadySeconds: 41.5,
      },
    ],
    statusCache: () => ({ hit: 5, stale: 1, miss: 2 }),
    droppedLines: () => ({ stdout: 7 }),
    ...sources,
  })
  metrics.useServers(SERVERS)
  return metrics
}

function record(more: Partial<AccessRecord> = {}): AccessRecord {
  return {
    ...{ client: '203.0.113.7', client_port: 54_321, peer: '10.0.0.2', peer_port: 40_112, listener: '0.0.0.0:25565' },
    ...{ proxy_version: 2, proxy_command: 'PROXY', intent: 'login', domain: 'a.example.com', player: 'Notch' },
    ...{ server: 'lobby', endpoint: '10.0.1.5:25565', bytes_in: 100, bytes_out: 2_000 },
    ...{ ms: { handshake: 20, hold: 3, connect: 2, relay: 61_240, total: 61_265 }, reason: 'client_closed' },
    ...more,
  }
}

function session(more: Partial<LiveConnection> = {}): LiveConnection {
  const address = { address: '203.0.113.7', port: 1 }
  return {
    ...{
      id: 1,
      number: 1,
      listener: 'x',
      state: 'relaying',
      peer: address,
      client: address,
      receivedHeader: undefined,
    },
    ...{ intent: undefined, player: undefined, server: 'lobby', endpoint: undefined, acceptedAt: 0 },
    ...{ bytesIn: 50, bytesOut: 60 },
    ...more,
  }
}

/** Every sample: `name{labels} value`. */
async function samples(metrics: Metrics): Promise<readonly string[]> {
  return (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

describe('metrics', () => {
  it('have the time that the session server takes, by what it says', async () => {
    const metrics = metricsOf()
    metrics.sessionServerAnswered('joined', 0.2)
    metrics.sessionServerAnswered('not-joined', 0.3)
    expect(await samples(metrics)).toEqual(
      expect.arrayContaining([
        'infrarust_session_server_duration_seconds_count{result="joined"} 1',
        'infrarust_session_server_duration_seconds_sum{result="not_joined"} 0.3',
      ]),
    )
  })
  it('count a connection by listener, server and reason, and its PROXY header', async () => {
    const metrics = metricsOf()
    metrics.record(record(), undefined)
    expect(await samples(metrics)).toEqual(
      expect.arrayContaining([
        'infrarust_connections_total{listener="0.0.0.0:25565",server="lobby",outcome="client_closed"} 1',
        'infrarust_proxy_headers_total{version="2",command="PROXY",error=""} 1',
        'infrarust_handshake_duration_seconds_sum 0.02',
        'infrarust_route_duration_seconds_sum 0.003',
        'infrarust_connect_duration_seconds_sum 0.002',
        'infrarust_relayed_bytes_total{server="lobby",direction="out"} 2000',
      ]),
    )
  })
  it.each([
    ['InvalidProxyProtocol: data does not start with a proxy protocol signature; it looks like …', 'no_signature'],
    ['InvalidProxyProtocol: connection closed before proxy protocol header', 'closed'],
    ['InvalidProxyProtocol: header exceeds maximum size', 'too_long'],
    ['InvalidProxyProtocol: unsupported address family', 'address_family'],
    ['InvalidProxyProtocol: a header from a peer that is not trusted', 'untrusted'],
    ['InvalidProxyProtocol: no complete header in time', 'timeout'],
    ['InvalidProxyProtocol: a PROXY header where none is expected; set …', 'unexpected'],
    ['ProxyProtocolDecode: version 2: the checksum is wrong (at byte 40)', 'malformed'],
  ])('count the refused header %j as %s', async (fault, error) => {
    const metrics = metricsOf()
    const { proxy_version: _, proxy_command: __, server: ___, ...rest } = record()
    metrics.record({ ...rest, reason: 'proxy_protocol' }, fault)
    expect(await samples(metrics)).toContain(`infrarust_proxy_headers_total{version="",command="",error="${error}"} 1`)
  })
  it('look up what is there now', async () => {
    const live = [session(), session({ state: 'handshake', server: undefined })]
    expect(await samples(metricsOf({ live: () => live }))).toEqual(
      expect.arrayContaining([
        'infrarust_sessions{server="lobby"} 1',
        'infrarust_sessions{server="survival"} 0',
        'infrarust_open_connections{state="handshake"} 1',
        'infrarust_provider_state{provider="file",state="serving"} 1',
        'infrarust_provider_servers{provider="file"} 2',
        'infrarust_provider_problems{provider="file"} 1',
        'infrarust_rules_size{what="bans"} 3',
        'infrarust_status_cache_total{result="hit"} 5',
        'infrarust_log_dropped_lines_total{output="stdout"} 7',
        `infrarust_build_info{version="1.2.3",transport="node",node="${process.versions.node}"} 1`,
      ]),
    )
  })
  it('never lets the bytes of a session count twice or go back', async () => {
    let live = [session({ bytesIn: 100, bytesOut: 2_000 })]
    const metrics = metricsOf({ live: () => live })
    const bytes = 'infrarust_relayed_bytes_total{server="lobby",direction="out"} 2000'
    expect(await samples(metrics)).toContain(bytes)
    // The moment between the last byte and the record.
    live = []
    expect(await samples(metrics)).toContain(bytes)
    metrics.record(record(), undefined)
    expect(await samples(metrics)).toContain(bytes)
  })
  it('tell whether the last reload was taken', async () => {
    const metrics = metricsOf()
    expect(await samples(metrics)).toContain('infrarust_config_last_reload_successful 1')
    metrics.reloaded(false)
    expect(await samples(metrics)).toEqual(
      expect.arrayContaining([
        'infrarust_config_last_reload_successful 0',
        'infrarust_config_reloads_total{result="refused"} 1',
      ]),
    )
  })
  it('have no more series after a hundred thousand addresses than their labels allow', async () => {
    const metrics = metricsOf()
    for (let index = 0; index < 100_000; index++) {
      const address = `2001:db8::${(index >> 16).toString(16)}:${(index & 0xffff).toString(16)}`
      const reason = REASON_NAMES[index % REASON_NAMES.length] ?? 'internal'
      const who = { client: address, peer: address, client_port: index % 65_536, player: `player${index}` }
      // Servers that come and go, as containers do.
      const server = index % 3 === 0 ? 'lobby' : `container-${index}`
      metrics.record(record({ ...who, domain: `${index}.example.com`, server, reason }), undefined)
    }
    const all = await samples(metrics)
    const connections = all.filter((sample) => sample.startsWith('infrarust_connections_total'))
    expect(connections.length).toBeLessThanOrEqual(REASON_NAMES.length * (SERVERS.length + 2))
    expect(all.filter((sample) => sample.startsWith('infrarust_')).length).toBeLessThan(250)
    expect(all.filter((sample) => /2001:db8|player\d|example|container/.test(sample))).toEqual([])
  })
  it('forget a server that is configured no more', async () => {
    const metrics = metricsOf()
    metrics.record(record({ server: 'survival' }), undefined)
    metrics.useServers(['lobby'])
    const left = async () =>
      (await samples(metrics)).filter((sample) => /(connections|bytes)_total.*survival/.test(sample))
    await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: 20_000 })
  })
})
