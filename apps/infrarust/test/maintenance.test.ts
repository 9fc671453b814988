import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultGatewayConfig } from '@infrarust/config-file'
import { type CutTarget, type LiveConnection, readGateway } from '@infrarust/core'
import { type Server, validateServer } from '@infrarust/core/provider'
import { folderWith } from '@infrarust/test-kit'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { apiOf } from '../src/control/api.ts'
import { MaintenanceSwitch } from '../src/parts/maintenance-switch.ts'
import { PROGRAM_KEYS } from '../src/program-keys.ts'
import { verb as listVerb } from '../src/verbs/maintenance-list/verb.ts'
import { offText } from '../src/verbs/maintenance-off/text.ts'
import { verb as offVerb } from '../src/verbs/maintenance-off/verb.ts'
import { onText } from '../src/verbs/maintenance-on/text.ts'
import { verb as onVerb } from '../src/verbs/maintenance-on/verb.ts'

function switchIn(folder: string): { readonly made: MaintenanceSwitch; readonly told: string[] } {
  const told: string[] = []
  const logger = pino({ base: null }, { write: (line: string) => void told.push(JSON.parse(line).msg) })
  const defaults = defaultGatewayConfig(folder, {}, PROGRAM_KEYS)
  if (defaults.kind !== 'config') throw new Error('the defaults are faulty')
  const { config } = defaults
  return { made: new MaintenanceSwitch({ configFile: join(folder, 'infrarust.toml'), config, logger }), told }
}

function server(id: string): Server {
  const values = { domains: [`${id}.example.com`], addresses: ['10.0.1.5'] }
  const read = validateServer({ key: id, source: `servers/${id}.toml`, values }, 'file')
  if (!('server' in read)) throw new Error('no server')
  return read.server
}

const CLIENT = { address: '203.0.113.7', port: 50_000 }

function session(id: number, name: string, on: string): LiveConnection {
  return {
    id,
    number: id,
    listener: 'main',
    state: 'relaying',
    peer: CLIENT,
    client: CLIENT,
    receivedHeader: undefined,
    intent: { intent: 'login', domain: `${on}.example.com`, protocol: 767 },
    player: { name, claimedUuid: undefined },
    server: on,
    endpoint: undefined,
    acceptedAt: 0,
    bytesIn: 0,
    bytesOut: 0,
  }
}

/** A client of the API, over a proxy with two servers and three sessions. */
function api(maintenance: MaintenanceSwitch) {
  const cut: number[] = []
  const live = [session(1, 'Steve', 'survival'), session(2, 'Alex', 'survival'), session(3, 'Steve', 'creative')]
  const { config } = readGateway({ maintenance: { allow: ['Admin'] } })
  const proxy = {
    maintenance,
    config: () => config,
    registry: { servers: [server('survival'), server('creative')] },
    gateway: {
      live: () => live.filter(({ id }) => !cut.includes(id)),
      cut: (target: CutTarget) => (target.kind === 'connection' ? cut.push(target.id) : 0),
    },
  }
  const answer = apiOf([onVerb, offVerb, listVerb], proxy)
  const ask = async (method: string, query: string, body?: object): Promise<Record<string, never>> => {
    const bytes = Buffer.from(JSON.stringify(body ?? {}))
    const given = {
      path: '/api/v1/maintenance',
      query,
      body: (async function* () {
        if (body !== undefined) yield bytes
      })(),
      signal: AbortSignal.timeout(10_000),
    }
    const request = new Request('http://infrarust/', { method, headers: { 'content-type': 'application/json' } })
    return Object((await answer(request, given)).json())
  }
  return { ask, cut }
}

const WHO = { name: 'Steve', claimedUuid: undefined }
const SURVIVAL = { id: 'survival', maintenance: { allow: [] } }

describe('maintenance', () => {
  it('is switched by the API, for one server or for all, and says who may join', async () => {
    const folder = folderWith({})
    const { made } = switchIn(folder)
    await made.start()
    const { ask } = api(made)
    const on = await ask('PUT', '', { server: 'survival', text: '§eBack at 18:00', allow: ['Alex', '192.0.2.0/24'] })
    expect(on).toMatchObject({
      data: {
        server: 'survival',
        text: '§eBack at 18:00',
        allow: ['Alex', '192.0.2.0/24', 'Admin'],
        sessions: 1,
        kicked: 0,
      },
    })
    expect(made.policy.isOn('survival')).toBe(true)
    expect(made.policy.isOn('creative')).toBe(false)
    await ask('PUT', '', {})
    expect(await ask('GET', '')).toMatchObject({
      data: [{ server: null, allow: ['Admin'] }, { server: 'survival' }],
      meta: { total: 2 },
    })
    expect(await ask('DELETE', '')).toMatchObject({ data: { server: null, was_on: true, still_on: ['survival'] } })
    expect(await ask('DELETE', 'server=survival')).toMatchObject({ data: { was_on: true, still_on: [] } })
    expect(await ask('DELETE', 'server=survival')).toMatchObject({ data: { was_on: false } })
    expect(made.policy.isOn('survival')).toBe(false)
  })

  it('ends the sessions of those who may not join where that is asked for, and no others', async () => {
    const { made } = switchIn(folderWith({}))
    const { ask, cut } = api(made)
    const on = await ask('PUT', '', { server: 'survival', allow: ['steve'], kick: true })
    expect(on).toMatchObject({ data: { kicked: 1, sessions: 0 } })
    expect(cut).toEqual([2])
    await ask('PUT', '', { kick: true, allow: ['steve'] })
    expect(cut).toEqual([2])
    await ask('PUT', '', { kick: true })
    expect(cut).toEqual([2, 3])
  })

  it.each([
    ['a server that is not there', { server: 'survivel' }, 'not_found', 'there are survival, creative'],
    ['a text with a placeholder that is none', { text: '{sever} is off' }, 'bad_request', 'text has the unknown'],
    ['a MOTD that is broken JSON', { motd: '{"text":' }, 'bad_request', 'motd is'],
    ['a network that is none', { allow: ['192.0.2.0/33'] }, 'bad_request', 'allow is "192.0.2.0/33"'],
    ['a field that is none', { servers: 'survival' }, 'bad_request', 'servers'],
  ])('changes nothing for %s, and says why', async (_, body, code, message) => {
    const { made } = switchIn(folderWith({}))
    const { ask } = api(made)
    expect(await ask('PUT', '', body)).toMatchObject({ error: { code, message: expect.stringContaining(message) } })
    expect(made.list()).toEqual([])
  })

  it('is kept over a restart with all that was said, and forgotten when it ends', async () => {
    const folder = folderWith({})
    const { made } = switchIn(folder)
    const { ask } = api(made)
    await ask('PUT', '', { server: 'survival', text: 'later, {server}', motd: 'later', allow: ['Alex'] })
    expect(readdirSync(folder)).toEqual(['maintenance.json'])
    const { made: next, told } = switchIn(folder)
    await next.start()
    expect(next.list()).toEqual(made.list())
    expect(told).toEqual([expect.stringContaining('server "survival" is in maintenance since 20')])
    expect(next.policy.refusalFor(CLIENT.address, WHO, SURVIVAL)).toEqual({
      reason: 'maintenance',
      texts: { kick: 'later, {server}', status: 'later' },
    })
    expect(next.policy.refusalFor(CLIENT.address, { ...WHO, name: 'ALEX' }, SURVIVAL)).toBeUndefined()
    await api(next).ask('DELETE', 'server=survival')
    const { made: last } = switchIn(folder)
    await last.start()
    expect(last.list()).toEqual([])
  })

  it.each([
    ['half a file', '{"version":1,"in_main', 'no JSON of this program'],
    ['the file of a later version', '{"version":2,"in_maintenance":[]}', 'version: '],
    ['a text that no player could be shown', keptWith({ text: '{nobody}' }), 'in_maintenance.0.text has the unknown'],
    ['a list that is none', keptWith({ allow: 'Steve' }), 'in_maintenance.0.allow: '],
    ['a time that is none', keptWith({ since: 'yesterday' }), 'in_maintenance.0.since: '],
  ])('is on for every server after %s, in one line, until it is switched off', async (_, content, message) => {
    const folder = folderWith({ 'maintenance.json': content })
    const { made, told } = switchIn(folder)
    await made.start()
    expect(made.policy.isOn('survival')).toBe(true)
    expect(made.problems()).toEqual([expect.stringContaining(message)])
    expect(made.problems()[0]).toContain('infrarust maintenance off')
    expect(told[0]).toBe(made.problems()[0])
    // Nothing of it is lost before somebody says so.
    expect(readFileSync(join(folder, 'maintenance.json'), 'utf8')).toBe(content)
    await api(made).ask('DELETE', '')
    expect(made.problems()).toEqual([])
    const { made: next } = switchIn(folder)
    await next.start()
    expect(next.list()).toEqual([])
  })

  it('is in force where it cannot be kept, and that is said to whoever asks', async () => {
    const folder = folderWith({})
    const { made } = switchIn(folder)
    mkdirSync(join(folder, 'maintenance.json'))
    writeFileSync(join(folder, 'maintenance.json', 'x'), '')
    const { ask } = api(made)
    const on = await ask('PUT', '', { server: 'survival' })
    expect(on).toMatchObject({ data: { problem: expect.stringContaining('forgotten with the next restart') } })
    expect(made.policy.isOn('survival')).toBe(true)
    expect(made.problems()).toHaveLength(1)
    expect(readdirSync(folder)).toEqual(['maintenance.json'])
  })

  it('moves with data_dir', async () => {
    const folder = folderWith({ 'elsewhere/x': '' })
    const { made } = switchIn(folder)
    await api(made).ask('PUT', '', { server: 'survival' })
    const { config } = readGateway({ data_dir: 'elsewhere', maintenance: { allow: ['Steve'] } })
    const defaults = defaultGatewayConfig(folder, {}, PROGRAM_KEYS)
    if (defaults.kind !== 'config') throw new Error('the defaults are faulty')
    made.useConfig({ ...defaults.config, dataDir: config.dataDir, maintenance: config.maintenance })
    await made.stop()
    expect(existsSync(join(folder, 'elsewhere/maintenance.json'))).toBe(true)
    expect(made.policy.refusalFor(CLIENT.address, WHO, SURVIVAL)).toBeUndefined()
  })
})

describe('what the commands print', () => {
  it('says who may join, who is still there, and what else is in maintenance', () => {
    const on = { server: 'survival', since: '', allow: ['Steve', 'Alex', '192.0.2.0/24'], sessions: 2, kicked: 0 }
    expect(onText(on)).toBe(
      'server "survival" is in maintenance: Steve, Alex and 192.0.2.0/24 may join\n2 sessions go on; --kick ends them\n',
    )
    expect(onText({ ...on, server: null, allow: [], sessions: 0, kicked: 1 })).toBe(
      'every server is in maintenance: nobody may join\n1 connection was ended\n',
    )
    expect(offText({ server: null, was_on: true, still_on: ['survival'] })).toBe(
      'every server is in maintenance no more\nserver "survival" still is, by itself: infrarust maintenance off survival\n',
    )
    expect(offText({ server: 'survival', was_on: false, still_on: [null] })).toContain('every server still is')
  })
})

function keptWith(changes: object): string {
  const kept = { server: 'survival', since: '2026-11-28T12:00:00.000Z', allow: [], ...changes }
  return JSON.stringify({ version: 1, in_maintenance: [kept] })
}
