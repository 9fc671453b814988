import type { RecordedName } from '@infrarust/test-kit/docker-engine'
import { describe, expect, it } from 'vitest'
import { type Condition, readContainer } from '../src/container.ts'
import { recorded } from './recorded.ts'

describe('a container as the engine describes it', () => {
  it('is read with its labels, ports and addresses', () => {
    expect(recorded('lobby')).toEqual({
      id: 'c052392387ed833047913be8606558c241b5484f7255c6e7bbf7238833cc808b',
      name: 'lobby',
      createdMs: expect.closeTo(Date.parse('2026-11-23T18:35:36Z'), -4),
      labels: new Map([
        ['infrarust.domains', 'lobby.example.com, hub.example.com'],
        ['infrarust.enable', 'true'],
        ['infrarust.send_proxy_protocol', 'true'],
      ]),
      condition: { kind: 'up' },
      // 19132/udp is Bedrock.
      exposedTcpPorts: [25_565],
      networkMode: 'one',
      networks: [
        {
          name: 'one',
          id: '879e30cc16c8a95adbe5633d02d9cd612a40814ad024ef425af98ee60a073afa',
          ipv4: '172.17.0.2',
          ipv6: undefined,
          ipv4Gateway: '172.17.0.1',
          ipv6Gateway: undefined,
        },
      ],
      publishedPorts: [],
    })
  })

  const conditions: readonly (readonly [RecordedName, Condition])[] = [
    ['lobby', { kind: 'up' }],
    ['gated-starting', { kind: 'starting' }],
    ['gated-healthy', { kind: 'up' }],
    ['gated-unhealthy', { kind: 'unhealthy' }],
    ['paused', { kind: 'paused' }],
    ['made', { kind: 'never-started' }],
    ['gone', { kind: 'down', sinceMs: expect.closeTo(Date.parse('2026-11-23T18:35:39.126Z'), -1) }],
  ]
  it.each(conditions)('%s is %j', (name, condition) => {
    expect(recorded(name).condition).toEqual(condition)
  })

  it('lists only networks on which it has an address, in one order', () => {
    expect(recorded('both').networks.map(({ name }) => name)).toEqual(['one', 'two'])
    expect(recorded('gone').networks).toEqual([])
    expect(recorded('none').networks).toEqual([])
  })

  it('publishes ports under both families', () => {
    expect(recorded('published').publishedPorts).toEqual([
      { containerPort: 25_565, hostAddress: '0.0.0.0', hostPort: 32_768 },
      { containerPort: 25_565, hostAddress: '::', hostPort: 32_768 },
      { containerPort: 8081, hostAddress: '127.0.0.1', hostPort: 18_081 },
    ])
  })

  // Two containers of one `compose up`: cut to milliseconds they would be equally old.
  it('keeps the microseconds of its creation', () => {
    const at = (created: string) => readContainer({ Id: '1', Name: '/a', Created: created })?.createdMs ?? 0
    expect(at('2026-11-23T18:30:56.620254Z')).toBeGreaterThan(at('2026-11-23T18:30:56.620253Z'))
    expect(at('2026-11-23T18:30:56Z')).toBe(Date.parse('2026-11-23T18:30:56Z'))
  })

  it.each([[null], [1], ['x'], [[]], [{}], [{ Id: 'a' }], [{ Id: 1, Name: 2 }]])('is not %j', (json) => {
    expect(readContainer(json)).toBeUndefined()
  })
  it('may lack everything but its names', () => {
    const bare = {
      Id: 'a',
      Name: '/b',
      State: null,
      Config: [],
      NetworkSettings: { Networks: { x: null }, Ports: { '1/tcp': null } },
    }
    expect(readContainer(bare)).toMatchObject({ id: 'a', name: 'b', condition: { kind: 'down' }, networks: [] })
  })
})
