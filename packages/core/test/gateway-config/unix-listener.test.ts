import { describe, expect, it } from 'vitest'
import { readGateway, reload } from '../../src/index.ts'

const SOCKET = 'unix:/run/infrarust/in.sock'

function problemsOf(written: object): readonly string[] {
  return readGateway(written).problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('a listener on a Unix socket', () => {
  it.each([
    { bind: SOCKET, receive_proxy_protocol: true },
    { bind: SOCKET, proxy_protocol: { mode: 'required' } },
    { listener: [{ bind: SOCKET, proxy_protocol: { mode: 'required' } }] },
    { receive_proxy_protocol: true, listener: [{ bind: SOCKET }] },
  ])('is one that requires a header: %j', (written) => {
    const { config, problems } = readGateway(written)
    expect(problems).toEqual([])
    expect(config.listeners).toMatchObject([
      { name: SOCKET, host: SOCKET, port: undefined, proxyProtocol: { mode: 'required', trusted: undefined } },
    ])
  })

  it('is refused without one, with the reason and the key that mends it', () => {
    const why = `${SOCKET} is a Unix socket, where only a PROXY header says who the client is, and the mode is`
    expect(problemsOf({ bind: SOCKET })).toEqual([`bind: ${why} "off"; write mode = "required" in [proxy_protocol]`])
    expect(problemsOf({ listener: [{ bind: '0.0.0.0:25565' }, { bind: SOCKET }] })).toEqual([
      `listener.1.bind: ${why} "off"; write mode = "required" in [listener.proxy_protocol]`,
    ])
    expect(problemsOf({ listener: [{ bind: SOCKET, proxy_protocol: { mode: 'optional' } }] })).toEqual([
      `listener.0.proxy_protocol.mode: ${why} "optional"; write mode = "required" in [listener.proxy_protocol]`,
    ])
  })

  it('has no networks that it trusts: its own are refused, those of all listeners do not reach it', () => {
    const trusted = ['10.0.0.0/8']
    expect(problemsOf({ bind: SOCKET, proxy_protocol: { mode: 'required', trusted } })).toEqual([
      expect.stringContaining('proxy_protocol.trusted names networks, and whoever connects to'),
    ])
    expect(problemsOf({ listener: [{ bind: SOCKET, proxy_protocol: { mode: 'required', trusted } }] })).toEqual([
      expect.stringContaining('listener[0].proxy_protocol.trusted names networks'),
    ])
    const { config, problems } = readGateway({
      proxy_protocol: { mode: 'required', trusted },
      listener: [{ bind: SOCKET }, { bind: '0.0.0.0:25565' }],
    })
    expect(problems).toEqual([])
    expect(config.listeners.map(({ proxyProtocol }) => proxyProtocol.trusted?.length)).toEqual([undefined, 1])
  })

  it('is bound once', () => {
    const listener = { bind: SOCKET, proxy_protocol: { mode: 'required' } }
    expect(problemsOf({ listener: [listener, { ...listener, name: 'other' }] })).toEqual([
      `listener.1.bind: two listeners bind ${SOCKET}`,
    ])
  })

  it('stays over a reload, which reaches what it takes', () => {
    const before = readGateway({ bind: SOCKET, proxy_protocol: { mode: 'required' } }).config
    const after = readGateway({ bind: SOCKET, proxy_protocol: { mode: 'required', versions: ['v2'] } }).config
    const { config, needRestart } = reload(before, after)
    expect(needRestart).toEqual([])
    expect(config.listeners).toEqual(after.listeners)
    expect(reload(before, readGateway({}).config).needRestart).toEqual(['bind'])
  })
})
