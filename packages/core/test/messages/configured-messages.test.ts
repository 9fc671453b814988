import { encodeLoginDisconnect, encodeStatusResponse, statusJson, type TextComponent } from '@infrarust/minecraft'
import { describe, expect, it } from 'vitest'
import { validateServer } from '../../src/entries/provider.ts'
import { type About, BUILT_IN_MESSAGES, configuredMessages, readGateway, type Server } from '../../src/index.ts'
import { serverMessagesKeys } from '../../src/messages/messages-keys.ts'
import { isReason, REPLACEABLE_REASONS } from '../../src/record/reasons.ts'
import { dataUri, png } from './png.ts'

function serverWith(values: object, state: Server['state'] = 'online'): Server {
  const definition = {
    key: 'survival',
    source: 'test',
    state,
    values: { domains: ['a.example.com'], addresses: ['127.0.0.1:1'], ...values },
  }
  const read = validateServer(definition, 'test')
  if (!('server' in read)) throw new Error(JSON.stringify(read.problems))
  return read.server
}

function messagesOf(toml: object): ReturnType<typeof configuredMessages> {
  const { config, problems } = readGateway(toml)
  expect(problems).toEqual([])
  return configuredMessages(config)
}

function about(cause: About['cause'], server?: Server): About {
  return {
    cause,
    client: { address: '203.0.113.7', port: 40_000 },
    domain: 'a.example.com',
    server,
    detail: undefined,
    expiresAt: undefined,
  }
}

function texts(messages: ReturnType<typeof configuredMessages>, of: About): readonly [TextComponent, TextComponent] {
  return [messages.kick(of), messages.status(of).description]
}

describe.each(REPLACEABLE_REASONS)('the texts for %s', (reason) => {
  it('are built in', () => {
    expect(texts(messagesOf({}), about(reason))).toEqual([
      BUILT_IN_MESSAGES.kick(about(reason)),
      BUILT_IN_MESSAGES.status(about(reason)).description,
    ])
  })
  it('are the global ones', () => {
    expect(texts(messagesOf({ messages: { [reason]: 'global' } }), about(reason))).toEqual(['global', 'global'])
  })
  it('can be left out', () => {
    const messages = messagesOf({ messages: { [reason]: { silent: true } } })
    expect(messages.isSilent(reason, undefined)).toBe(true)
    expect(messages.isSilent(reason, serverWith({}))).toBe(true)
    expect(messagesOf({}).isSilent(reason, undefined)).toBe(false)
  })
})

const REASONS_OF_SERVERS = serverMessagesKeys.rows.map(([, { name }]) => name).filter((name) => isReason(name))

describe.each(REASONS_OF_SERVERS)('the texts of a server for %s', (reason) => {
  it('win over the global ones, one by one', () => {
    const messages = messagesOf({ messages: { [reason]: 'global' } })
    const server = serverWith({ messages: { [reason]: { kick: 'own' } } })
    expect(texts(messages, about(reason, server))).toEqual(['own', 'global'])
  })
  it('can be shown although the global ones are left out', () => {
    const messages = messagesOf({ messages: { [reason]: { silent: true } } })
    expect(messages.isSilent(reason, serverWith({ messages: { [reason]: { silent: false } } }))).toBe(false)
  })
})

describe('the text for a server that is down', () => {
  const messages = messagesOf({ messages: { server_down: 'global' } })
  const values = {
    disconnect_message: 'Kicked.',
    messages: { server_down: 'own' },
    motd: { unreachable: { text: 'Gone.' } },
  }

  it('is disconnect_message for a login and motd.unreachable for a ping, whatever messages say', () => {
    expect(texts(messages, about('server_down', serverWith(values)))).toEqual(['Kicked.', 'Gone.'])
  })
  it('is motd.offline where the server is known to be off, else motd.unreachable', () => {
    const off = serverWith({ ...values, motd: { ...values.motd, offline: { text: 'Off.' } } }, 'offline')
    expect(messages.status(about('server_down', off)).description).toBe('Off.')
    expect(messages.status(about('server_down', serverWith(values, 'offline'))).description).toBe('Gone.')
  })
  it('takes the words of messages where the motd has only numbers', () => {
    const server = serverWith({ motd: { unreachable: { max_players: 20 } } })
    expect(messages.status(about('server_down', server))).toMatchObject({
      description: 'global',
      players: { max: 20, online: 0 },
    })
  })
  it('keeps the server’s picture', () => {
    const server = serverWith({ motd: { online: { favicon: dataUri(png()) } } })
    expect(messages.status(about('server_down', server)).favicon).toBe(dataUri(png()))
  })
  it('is the global motd where the server has none', () => {
    const withDefault = messagesOf({ default_motd: { unreachable: { text: 'Somewhere else.' } } })
    expect(withDefault.status(about('server_down', serverWith({}))).description).toBe('Somewhere else.')
  })
})

describe('the status for an unknown domain', () => {
  it('is default_motd.offline, else default_motd.online, else the text', () => {
    const offline = { text: 'Nothing at {domain}', version_name: 'Nothing', max_players: 0 }
    const status = (toml: object) => messagesOf(toml).status(about('unknown_domain'))
    expect(status({ default_motd: { offline, online: { text: 'x' } } })).toEqual({
      description: 'Nothing at a.example.com',
      versionName: 'Nothing',
      players: { max: 0, online: 0 },
    })
    expect(status({ default_motd: { online: { text: 'Hello' } }, messages: { unknown_domain: 'y' } }).description).toBe(
      'Hello',
    )
    expect(status({ messages: { unknown_domain: 'y' } }).description).toBe('y')
    expect(status({}).description).toBe('There is no server called a.example.com here.')
  })
})

describe('a built-in text', () => {
  // A name typed with § codes would else colour, or hide, the rest of the screen.
  it('is not changed in its looks by what a player typed or a ban says', () => {
    const typed = { ...about('unknown_domain'), domain: '§kevil§r\n\u202e\u2028\x9b' }
    expect(BUILT_IN_MESSAGES.kick(typed)).toBe('There is no server called evil     here.')
    const banned = { ...about('banned'), detail: '§4grief', expiresAt: Number.NaN }
    expect(BUILT_IN_MESSAGES.kick(banned)).toBe('You are banned.\ngrief\nUntil an unknown time')
  })
})

describe('the longest that can be configured', () => {
  it('still fits the answers', () => {
    const entry = {
      text: `${'x'.repeat(4_100)}{domain}{reason}{server}{client}{expires}`,
      favicon: dataUri(Buffer.concat([png(), Buffer.alloc(16_896 - png().length)])),
      version_name: '"'.repeat(64),
      max_players: 2_147_483_647,
      online_players: 2_147_483_647,
      sample: Array.from({ length: 12 }, () => '"'.repeat(80)),
    }
    const long = { ...about('unknown_domain'), domain: '"'.repeat(300), detail: '\\'.repeat(300) }
    const messages = messagesOf({ default_motd: { offline: entry }, messages: { unknown_domain: entry.text } })
    const { versionName, description, players, favicon } = messages.status(long)
    encodeStatusResponse(
      statusJson({
        version: { name: versionName, protocol: -2_147_483_648 },
        description,
        ...(players && { players }),
        ...(favicon && { favicon }),
      }),
    )
    encodeLoginDisconnect(messages.kick(long))
  })
})
