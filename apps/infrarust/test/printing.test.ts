import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Ban } from '@infrarust/core/ban-store'
import { folderWith } from '@infrarust/test-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { banTable } from '../src/ban/ban-table.ts'
import { checkTable } from '../src/check/check-table.ts'
import { doctorTable } from '../src/doctor/doctor-table.ts'
import { prettyLine } from '../src/log/pretty.ts'
import { printable, printableJson, printableLines } from '../src/print/printable.ts'
import { table } from '../src/print/table.ts'
import { headerTable } from '../src/proxy-protocol/header-table.ts'
import { connectionTable } from '../src/verbs/connections/text.ts'
import { finish } from './program.ts'
import { Running } from './running.ts'

/** What must reach no terminal: C0 but the line end, DEL, C1, separators, bidirectional controls, what cannot be seen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const RAW = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\p{Cs}]/u

/** Anything that a string can hold, and more of what does harm. */
const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('\x1b[2J', '\r', '\n', '\0', '\t', '\x7f', '\x9b', '\u061c', '\u200e', '\u2028', '\u2029'))
    .map((parts) => parts.join('a')),
  fc
    .array(fc.constantFrom('\u202a', '\u202e', '\u2066', '\u2069', '\ufeff', '\u200b', '\ud800', '\udc00', '"', '\\'))
    .map((parts) => parts.join('b')),
)

const CONNECTION = {
  id: 1,
  state: 'relaying',
  client: '203.0.113.7',
  client_port: 1,
  peer: '203.0.113.7',
  peer_port: 1,
  listener: 'main',
  bytes_in: 0,
  bytes_out: 0,
  age_ms: 0,
}

function linesOf(text: string): number {
  expect(text).not.toMatch(RAW)
  return text.split('\n').length - 1
}

describe('whatever text somebody else has written', () => {
  it('is printed without a raw control character, in every table, one line a row', () => {
    fc.assert(
      fc.property(anything, anything, (one, other) => {
        expect(printable(one)).not.toMatch(/\n/)
        expect(linesOf(table([[one, other], [other, undefined], [one]]))).toBe(3)
        const ban: Ban = {
          target: { type: 'username', value: one },
          playerName: other,
          reason: other,
          source: one,
          createdAt: 0,
          expiresAt: undefined,
        }
        expect(linesOf(banTable([ban, { ...ban, reason: undefined }]))).toBe(3)
        const listener = { name: one, host: other, port: 1, proxy_protocol: 'off', trusted: null } as const
        const server = {
          id: one,
          source: other,
          domains: [one],
          default: true,
          addresses: [other],
          send_proxy_protocol: 2,
        } as const
        const checked = { ok: true, listeners: [listener], servers: [server], findings: [] }
        expect(linesOf(checkTable(checked))).toBe(2)
        const endpoint = { address: one, none: 'answered', v1: 'answered', v2: 'answered' } as const
        const diagnosis = {
          id: one,
          verdict: 'ok',
          send_proxy_protocol: false,
          fix: other,
          endpoints: [endpoint],
        } as const
        expect(linesOf(doctorTable([diagnosis]))).toBe(4)
        const item = { ...CONNECTION, client: other, peer: one, domain: other, server: one, player: other, state: one }
        expect(linesOf(connectionTable([{ item, rate: 0 }]))).toBe(2)
        const refused = { ok: false, code: 'hex', offset: 0, message: one } as const
        expect(linesOf(headerTable(refused))).toBe(3)
      }),
    )
  })

  it('shows the blanks of a name, which would make two players look like one', () => {
    const shown = (name: string) => connectionTable([{ item: { ...CONNECTION, player: name }, rate: 0 }])
    expect(shown('Bed Rock')).toContain('  Bed Rock  ')
    for (const [name, text] of [
      ['Steve ', "'Steve '"],
      [' Steve', "' Steve'"],
      ['a  b', "'a  b'"],
      ['Bed\u00a0Rock', "$'Bed\\u00a0Rock'"],
      ['Bed\u3000Rock', "$'Bed\\u3000Rock'"],
    ] as const)
      expect(shown(name)).toContain(`  ${text}  `)
  })

  it('is one line of the log for people, whatever field it is in', () => {
    const pretty = prettyLine(false)
    fc.assert(
      fc.property(anything, anything, (one, other) => {
        for (const logged of [
          {
            level: 'info',
            time: 0,
            event: 'access',
            client: one,
            peer: other,
            domain: one,
            player: other,
            reason: one,
            ms: {},
            msg: other,
          },
          {
            level: 30,
            time: 0,
            event: 'uncaught',
            stack: one,
            name: other,
            hostname: one,
            caller: other,
            lines: [one],
            msg: other,
          },
        ])
          expect(linesOf(pretty(`${JSON.stringify(logged)}\n`))).toBe(1)
      }),
    )
  })

  it('is the same text in JSON, with an escape for each such character', () => {
    fc.assert(
      fc.property(anything, anything, (key, text) => {
        const value = { [`k${key}`]: text, list: [text] }
        for (const indent of [undefined, 2]) {
          const json = printableJson(JSON.stringify(value, undefined, indent))
          expect(json).not.toMatch(RAW)
          expect(JSON.parse(json)).toEqual(value)
        }
      }),
    )
  })

  it('keeps its lines where it has several', () => {
    expect(printableLines('a\x1b\n\u202eb\n')).toBe('a\\x1b\n\\u{202e}b\n')
  })

  // A command that writes by itself once printed what a label or a ban said as it was.
  it('has no way to the streams of a command but the functions that make it safe', () => {
    const folder = fileURLToPath(new URL('../src', import.meta.url))
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
    const writers = files.filter((path) =>
      /std(out|err)\.write\(|console\./.test(readFileSync(join(folder, path), 'utf8')),
    )
    // `exit.ts` writes nothing, and waits until that is written; `main.ts` passes on what is safe.
    expect(writers.sort()).toEqual(['exit.ts', 'main.ts', 'print/print.ts'])
  })
})

const NASTY = 'a\x1b[31m\x9b2J\u202e\u2028\x7fz'

describe('the program', { timeout: 60_000 }, () => {
  it('prints no control character of a configuration that is wrong, nor of its command line', async () => {
    const cwd = folderWith({
      'infrarust.toml': 'bind = "127.0.0.1:0"\n',
      [`servers/${NASTY}.toml`]: `domains = ["x.example.com"]\naddresses = ["127.0.0.1:1"]\n"${NASTY.replace('\x1b', '\\u001b').replace('\x7f', '\\u007f')}" = 1\n`,
    })
    for (const args of [
      ['check'],
      ['check', '--json'],
      ['doctor'],
      ['doctor', '--json'],
      [NASTY],
      ['ban', 'add', NASTY],
    ]) {
      const { stdout, stderr } = await finish(args, '', { cwd })
      expect(stdout + stderr, args.join(' ')).not.toMatch(RAW)
      expect(stdout + stderr).toContain('31m')
    }
  })

  it('prints none of a ban that the store has from elsewhere', async () => {
    const list = [{ target: { type: 'ip', value: '203.0.113.7' }, reason: NASTY, source: NASTY, created_at: 0 }]
    const cwd = folderWith({ 'infrarust.toml': '', [`${NASTY}.json`]: JSON.stringify(list) })
    expect((await finish(['ban', 'import', `${NASTY}.json`], '', { cwd })).stderr).toBe('')
    for (const args of [
      ['ban', 'list'],
      ['ban', 'show', '203.0.113.7'],
      ['ban', 'list', '--json'],
      ['ban', 'export'],
    ]) {
      const { stdout, stderr } = await finish(args, '', { cwd })
      expect(stdout + stderr, args.join(' ')).not.toMatch(RAW)
      expect(stdout).toContain('203.0.113.7')
    }
  })

  it('writes none into its JSON log', async () => {
    const cwd = folderWith({
      'infrarust.toml': '',
      [`servers/${NASTY}.toml`]: 'domains = ["x.example.com"]\naddresses = ["127.0.0.1:1"]\n',
    })
    const proxy = new Running(cwd)
    let raw = ''
    proxy.program.stdout.on('data', (data) => (raw += String(data)))
    await proxy.logged('cannot be the id of a server')
    await proxy.logged('listening')
    expect(raw).not.toMatch(RAW)
  })
})
