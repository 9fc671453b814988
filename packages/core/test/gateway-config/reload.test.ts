import { describe, expect, it } from 'vitest'
import { type GatewayConfig, readGateway, reload } from '../../src/index.ts'

function read(written: Readonly<Record<string, unknown>>): GatewayConfig {
  const { config, problems } = readGateway(written)
  expect(problems).toEqual([])
  return config
}

describe('a changed configuration', () => {
  it('is taken over whole where nothing needs a socket or a thread', () => {
    const wanted = read({
      receive_proxy_protocol: true,
      proxy_protocol: { trusted: ['10.0.0.0/8'] },
      max_connections: 5,
      keepalive: { time: '1m' },
      servers_dir: '/srv',
      rate_limit: { max_connections: 9 },
      timeouts: { status: '1s' },
    })
    expect(reload(read({}), wanted)).toEqual({ config: wanted, needRestart: [] })
  })
  it('keeps what needs a restart, names it, and takes over the rest', () => {
    const running = read({ bind: '0.0.0.0:1', transport: { kind: 'node' } })
    const wanted = read({ bind: '0.0.0.0:2', transport: { kind: 'native', threads: 2 }, max_connections: 5 })
    expect(reload(running, wanted)).toEqual({
      config: { ...running, maxConnections: 5 },
      needRestart: ['transport.kind', 'transport.threads', 'bind'],
    })
  })
  it('reaches the listeners that stay where they are', () => {
    const running = read({ listener: [{ bind: '0.0.0.0:1' }, { bind: '0.0.0.0:2' }] })
    const wanted = read({
      listener: [{ bind: '0.0.0.0:2', proxy_protocol: { mode: 'required' } }, { bind: '0.0.0.0:3' }],
    })
    const { config, needRestart } = reload(running, wanted)
    expect(needRestart).toEqual(['listener'])
    expect(config.listeners.map(({ port, proxyProtocol }) => [port, proxyProtocol.mode])).toEqual([
      [1, 'off'],
      [2, 'required'],
    ])
  })
  it('may name the listeners in another order', () => {
    const running = read({ listener: [{ bind: '0.0.0.0:1' }, { bind: '0.0.0.0:2' }] })
    const wanted = read({ listener: [{ bind: '0.0.0.0:2' }, { bind: '0.0.0.0:1' }] })
    expect(reload(running, wanted)).toEqual({ config: running, needRestart: [] })
  })
})
