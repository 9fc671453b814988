import { type Route, readGateway, type Server } from '@infrarust/core'
import { folderWith } from '@infrarust/test-kit'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { PlayerLogins } from '../src/parts/player-logins.ts'
import { PROGRAM_KEYS, validateServer } from '../src/program-keys.ts'

function server(proxyMode: string): Server {
  const values = { domains: [`${proxyMode}.example.com`], addresses: ['127.0.0.1:1'], proxy_mode: proxyMode }
  const read = validateServer({ key: proxyMode, source: 'servers/a.toml', values }, 'file', 'operator')
  if ('problems' in read) throw new Error('no server')
  return read.server
}

function logins(): PlayerLogins {
  const { config } = readGateway({}, { program: PROGRAM_KEYS })
  const configFile = `${folderWith({})}/infrarust.toml`
  return new PlayerLogins({ config, configFile, environment: {}, logger: pino({ enabled: false }) })
}

describe('the logins of players', () => {
  // Who came in the first moment read that accounts cannot be verified right now.
  it('keep who wants such a server waiting until there is a key, and nobody else', async () => {
    const part = logins()
    const [premium, plain] = [server('client_only'), server('passthrough')]
    const never = new Promise<void>(() => undefined)
    const routes = part.routes({
      route: (domain): Route => ({ kind: 'server', server: domain === 'premium' ? premium : plain }),
      nextTable: () => never,
    })
    const kinds = (): readonly string[] => ['premium', 'plain'].map((domain) => routes.route(domain).kind)
    expect(kinds()).toEqual(['server', 'server'])
    part.useServers([premium, plain])
    expect(kinds()).toEqual(['not-ready', 'server'])
    expect(part.authentication).toBeUndefined()
    await routes.nextTable()
    expect(kinds()).toEqual(['server', 'server'])
    expect(part.authentication?.publicKey).toHaveLength(162)
    expect(routes.nextTable()).toBe(never)
    part.stop()
  })

  it('need no key where nobody is authenticated, and make one as soon as somebody is to be', async () => {
    const part = logins()
    const [offline, premium] = [server('offline'), server('client_only')]
    const routes = part.routes({
      route: (): Route => ({ kind: 'server', server: offline }),
      nextTable: () => Promise.resolve(),
    })
    part.useServers([offline])
    // While that is loaded there is one that needs the key.
    part.useServers([offline, premium])
    for (let waits = 0; routes.route(undefined).kind === 'not-ready' && waits < 10; waits++) await routes.nextTable()
    expect(part.backendLogin(offline)).toEqual({ forwarding: { kind: 'none' }, transferIntent: 'keep' })
    expect(part.authentication).toBeDefined()
    expect(part.offlineUuid('Notch')).toBe('b50ad385-829d-3141-a216-7e7d7539ba7f')
    part.stop()
  })
})
