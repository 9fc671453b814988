import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { afterAll, describe, expect, it } from 'vitest'
import { readLabels, serverKeys, validateServer } from '../../src/entries/provider.ts'
import { readGateway } from '../../src/index.ts'
import { dataUri, png } from './png.ts'

const folder = folderWith(
  {
    'icon.png': png(),
    'large.png': png(128, 64),
    'heavy.png': png(64, 64, 20_000),
    'text.png': 'not a picture at all, but long enough',
  },
  afterAll,
)

const PLACE = { domains: ['a.example.com'], addresses: ['127.0.0.1:1'] }

function validated(values: object): ReturnType<typeof validateServer> {
  return validateServer(
    { key: 'a', source: 'servers/a.toml', folder, values: { ...PLACE, ...values } },
    'file',
    'operator',
  )
}

describe('the favicon of a server', () => {
  it('is a path relative to the file that names it, an absolute one, a data URI, or base64 alone', () => {
    const uri = dataUri(png())
    for (const favicon of ['icon.png', './icon.png', join(folder, 'icon.png'), uri, uri.slice(uri.indexOf(',') + 1)]) {
      const read = validated({ motd: { online: { favicon } } })
      expect('server' in read && read.server.motd.online?.favicon, favicon).toBe(uri)
    }
  })
  it('takes every picture that no more than its pixels fill', () => {
    const raw = 64 * (1 + 64 * 4)
    expect(raw + 200).toBeLessThan(16_896)
  })
  it.each([
    ['missing.png', 'cannot be read: ENOENT'],
    ['large.png', 'is 128×64 pixels; clients show 64×64 only'],
    ['heavy.png', 'the longest picture is 16896 bytes'],
    ['text.png', 'is no PNG'],
    ['.', 'is no regular file'],
    ['/dev/zero', 'is no regular file'],
    ['https://example.com/icon.png', 'nothing is downloaded'],
    ['data:image/jpeg;base64,AAAA', 'write the path of a PNG'],
    ['data:image/png;base64,%%%', 'its base64 has other characters'],
  ])('%s is refused at its key', (favicon, message) => {
    const read = validated({ motd: { online: { favicon } } })
    expect('problems' in read && read.problems).toEqual([
      { path: ['motd', 'online', 'favicon'], message: expect.stringContaining(message) },
    ])
  })
  // A label named any file of the proxy's machine, and whether it is there and how long it is stood in the log.
  it('is the picture itself in a label, never a path', () => {
    for (const path of ['icon.png', join(folder, 'icon.png'), '/proc/self/pagemap', 'https://example.com/icon.png']) {
      const { faults } = readLabels(serverKeys, [['motd.online.favicon', path]])
      expect(faults.map(({ fault }) => fault)).toEqual([expect.stringContaining('only the files of the operator')])
    }
    const uri = dataUri(png())
    for (const picture of [uri, uri.slice(uri.indexOf(',') + 1)])
      expect(readLabels(serverKeys, [['motd.online.favicon', picture]]).faults).toEqual([])
  })
  it('is read for [default_motd] too', () => {
    const { config, problems } = readGateway({ default_motd: { offline: { favicon: 'icon.png' } } }, { folder })
    expect(problems).toEqual([])
    expect(config.defaultMotd.offline?.favicon).toBe(dataUri(png()))
  })
})

describe('the states of a server that is started and stopped here', () => {
  it('are read for a server and for all of them', () => {
    const read = validated({ motd: { sleeping: { text: 'z' }, crashed: { text: '{elapsed} {eta} {waiting}' } } })
    expect('server' in read && read.warnings).toEqual([])
    expect(readGateway({ default_motd: { stopping: { text: 'x' } } }).warnings).toEqual([])
  })
  it('are checked', () => {
    expect(validated({ motd: { sleeping: { text: '{who}' } } })).toMatchObject({
      problems: [{ path: ['motd', 'sleeping', 'text'] }],
    })
  })
})

describe('a message', () => {
  it('is a plain text for both, or a table', () => {
    const both = readGateway({ messages: { banned: '§cNo.' } }).config.messages.banned
    expect(both).toEqual({ kick: { text: 'No.', color: 'red' }, status: { text: 'No.', color: 'red' } })
    expect(readGateway({ messages: { banned: { silent: true } } }).config.messages.banned).toEqual({ isSilent: true })
  })
  it('says at its key what is wrong with it', () => {
    const problems = (messages: object) => readGateway({ messages }).problems
    expect(problems({ banned: 'Out, {player}!' })).toEqual([
      {
        path: ['messages', 'banned'],
        message: expect.stringContaining('messages.banned has the unknown placeholder {player}'),
      },
    ])
    expect(problems({ full: { kick: '{max}' } })).toEqual([
      { path: ['messages', 'full', 'kick'], message: expect.stringContaining('has the unknown placeholder {max}') },
    ])
    expect(problems({ baned: 'x' })[0]?.message).toContain('did you mean "banned"?')
  })
  it('is a label too, long or short', () => {
    const labels: [string, string][] = [
      ['messages.server_down', 'Down.'],
      ['messages.server_down.silent', 'yes'],
      ['motd.unreachable.text', 'Down.'],
      ['motd.unreachable.max_players', '20'],
      ['motd.unreachable.sample', 'one\ntwo\ntwo'],
      ['disconnect_message', '§cLater.'],
    ]
    const { values, faults } = readLabels(serverKeys, labels)
    expect(faults).toEqual([])
    const read = validated(values)
    if (!('server' in read)) throw new Error(JSON.stringify(read.problems))
    expect(read.server.messages.server_down).toEqual({ kick: 'Down.', status: 'Down.', isSilent: true })
    expect(read.server.motd.unreachable).toMatchObject({ text: 'Down.', maxPlayers: 20, sample: ['one', 'two', 'two'] })
    expect(read.server.disconnectMessage).toEqual({ text: 'Later.', color: 'red' })
  })
})
