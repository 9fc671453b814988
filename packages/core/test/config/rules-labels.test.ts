import { describe, expect, it } from 'vitest'
import { readLabels, serverKeys, validateServer } from '../../src/entries/provider.ts'

const MINIMAL = { domains: ['a.example.com'], addresses: ['10.0.1.5'] }

describe('the rules of a server', () => {
  it('are labels too, each key of them but those that name files', () => {
    const { values, faults } = readLabels(serverKeys, [
      ['max_players', '20'],
      ['ip_filter.whitelist', '192.0.2.0/24, 2001:db8::/32'],
      ['ip_filter.blacklist', '192.0.2.66'],
      ['rate_limit.max_connections', '1'],
      ['rate_limit.window', '1m'],
      ['rate_limit.status_max', '0'],
      ['rate_limit.status_window', '5s'],
      ['rate_limit.max_concurrent', '2'],
      ['rate_limit.accept_rate', '50'],
      ['rate_limit.exempt', '10.0.0.0/8'],
      ['rate_limit.ipv4_prefix', '24'],
      ['rate_limit.ipv6_prefix', '56'],
    ])
    expect(faults).toEqual([])
    const validated = validateServer({ key: 'a', source: 'container "a"', values: { ...MINIMAL, ...values } }, 'docker')
    expect(validated).toMatchObject({
      server: {
        maxPlayers: 20,
        ipFilter: {
          whitelist: [
            { address: '192.0.2.0', prefix: 24 },
            { address: '2001:db8::', prefix: 32 },
          ],
          blacklist: [{ address: '192.0.2.66', prefix: 32 }],
          whitelistFile: undefined,
          blacklistFile: undefined,
        },
        rateLimit: {
          maxConnections: 1,
          windowMs: 60_000,
          statusMax: 0,
          statusWindowMs: 5_000,
          maxConcurrent: 2,
          acceptRate: 50,
          exempt: [{ address: '10.0.0.0', prefix: 8 }],
          ipv4Prefix: 24,
          ipv6Prefix: 56,
        },
      },
    })
  })

  it('name list files relative to the file of the server', () => {
    const values = { ...MINIMAL, ip_filter: { whitelist_file: '../lists/a.txt', blacklist_file: '/b.txt' } }
    expect(
      validateServer({ key: 'a', source: 'a.toml', folder: '/etc/infrarust/servers', values }, 'file', 'operator'),
    ).toMatchObject({
      server: { ipFilter: { whitelistFile: '/etc/infrarust/lists/a.txt', blacklistFile: '/b.txt' } },
    })
  })

  it.each([
    [{ ip_filter: { whitelist: ['10.0.1.5/8'] } }, 'it has bits behind its prefix'],
    [{ ip_filter: { whitelst: [] } }, 'did you mean "whitelist"?'],
    [{ rate_limit: { window: 10 } }, 'write a duration with its unit, such as "10s"'],
    [{ rate_limit: { ipv6_prefix: 129 } }, 'write a whole number from 1 to 128'],
    [{ max_players: -1 }, 'write a whole number from 0 to'],
  ])('are refused with what is accepted: %j', (written, message) => {
    const validated = validateServer(
      { key: 'a', source: 'a.toml', values: { ...MINIMAL, ...written } },
      'file',
      'operator',
    )
    expect(JSON.stringify('problems' in validated ? validated.problems : validated)).toContain(
      JSON.stringify(message).slice(1, -1),
    )
  })
})
