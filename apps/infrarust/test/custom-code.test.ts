import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Repeats } from '../src/custom-code/repeats.ts'
import { ping } from './client.ts'
import { finish } from './program.ts'
import { Running } from './running.ts'

const HOSTILE = `new Proxy({}, {
  get() { throw 'get' }, getPrototypeOf() { throw 'proto' },
  getOwnPropertyDescriptor() { throw 'own' }, ownKeys() { throw 'keys' }, has() { throw 'has' },
})`

/** What a provider does besides listing its servers, and what is told of it. Each once ended the proxy, or might have. */
const MISTAKES: readonly (readonly [code: string, told: string])[] = [
  // Their frames are Node's own, or there is none at all.
  ['net.connect(1, "127.0.0.1")', 'ECONNREFUSED'],
  ['fs.createReadStream("/nowhere")', 'ENOENT'],
  ['spawn("/nowhere")', 'ENOENT'],
  ['setTimeout(() => new EventEmitter().emit("error", "no listener"), 1)', 'no listener'],
  ['Promise.reject("a text")', 'a text'],
  ['Promise.reject()', 'undefined'],
  [`Promise.reject(${HOSTILE})`, '{}'],
  ['setTimeout(() => { throw "a text in a timer" }, 1)', 'a text in a timer'],
  ['setTimeout(() => { throw { code: 7 } }, 1)', '{ code: 7 }'],
  ['setTimeout(() => { throw undefined }, 1)', 'undefined'],
  ['setTimeout(() => { throw Object.freeze(Object.create(null)) }, 1)', 'null prototype'],
  [`setTimeout(() => { throw ${HOSTILE} }, 1)`, '{}'],
  ['setImmediate(() => { throw Object.defineProperty(new Error("x"), "stack", { get() { throw 1 } }) })', ': x ('],
  ['setImmediate(() => { throw Object.defineProperty(new Error("x"), "message", { value: 1 }) })', ': Error ('],
  ['queueMicrotask(() => { throw null })', 'null'],
  ['process.nextTick(() => { throw 1n })', '1'],
  // What it throws goes through our code, which it has called.
  ['setTimeout(() => { emit({ get servers() { throw "in emit" } }); throw "after emit" }, 1)', 'after emit'],
  ['setTimeout(() => { encode({ command: 1 }) }, 1)', 'a provider has thrown'],
  // What ends the process by itself.
  ['setTimeout(() => process.exit(3), 1)', 'process.exit(3) was called'],
  ['setTimeout(() => process.emitWarning("old"), 1)', 'caused a warning: old'],
  ['process.on("SIGTERM", () => { throw "in a signal" })', ''],
]

const IMPORTS = `import fs from 'node:fs'
import net from 'node:net'
import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { encode } from '${import.meta.resolve('@infrarust/proxy-protocol')}'
`

function provider(name: string, code: string): string {
  return `${IMPORTS}export default () => ({ name: '${name}', start(emit, signal) { emit({ servers: [] }); ${code} } })\n`
}

function use(...files: readonly string[]): string {
  return files.map((file) => `[[provider]]\nuse = "./${file}"\n`).join('')
}

describe('providers of strangers', { timeout: 60_000 }, () => {
  it('end nothing, whatever they throw where nobody catches it, and each is told by its name', async () => {
    const names = MISTAKES.map((_, index) => `p${index}.mjs`)
    const modules = MISTAKES.map(([code], index) => [`p${index}.mjs`, provider(`p${index}`, code)] as const)
    const running = new Running(folderWith({ 'infrarust.toml': use(...names), ...Object.fromEntries(modules) }))
    for (const [index, [, told]] of MISTAKES.entries()) {
      if (told === '') continue
      const { msg, level } = await running.line(
        ({ event, provider }) => event === 'uncaught' && provider === `./p${index}.mjs`,
      )
      expect(msg).toContain(told)
      expect(msg).toMatch(/; the proxy goes on$/)
      expect(level).toBe('error')
    }
    ;(await ping(await running.port(), 'a.example.com')).socket.destroy()
    running.program.kill('SIGTERM')
    expect(await running.exit).toBe(0)
  })

  it('may fail in any way while their module is loaded, or when they start', async () => {
    const files = {
      'a.mjs': `setTimeout(() => { throw 'at the top' }, 1)\nthrow ${HOSTILE}\n`,
      'b.mjs': `export default () => { throw Object.create(null) }\n`,
      'c.mjs': `export default () => ({ name: 'c', start() { throw ${HOSTILE} } })\n`,
      'd.mjs': `export default () => ({ name: 'd', start() { process.exit(4) } })\n`,
      'e.mjs': `export default () => ${HOSTILE}\n`,
      'f.mjs': `export default () => ({ name: 'f', start() { return { then() { throw undefined } } } })\n`,
    }
    const running = new Running(folderWith({ 'infrarust.toml': use(...Object.keys(files)), ...files }))
    await running.logged('at the top')
    for (const file of Object.keys(files)) {
      const { msg } = await running.line(({ level, provider }) => level === 'warn' && provider === `./${file}`)
      expect(msg).toContain('starting again in 1 s')
    }
    ;(await ping(await running.port(), 'a.example.com')).socket.destroy()
  })

  // Node tells the place of such an error only where it ends the process.
  it('are told by file and line where they cannot be parsed, and so is what they import', async () => {
    const files = {
      'twice.mjs': 'const a = 1\n\nconst a = 2\n',
      'types.ts': 'export default () => ({\n  name: "x",\n  start(emit: any {\n})\n',
      'enum.ts': '\nenum A { B }\n',
      'common.cjs': 'module.exports = {\n a: 1\n b: 2 }\n',
      'imports.mjs': 'import "node:fs"\nimport x from "./lib/deep.mjs"\nexport default () => x\n',
      'lib/deep.mjs': 'import "./deeper.mjs"\nexport default 1\n',
      'lib/deeper.mjs': '\n\nexport default {\n',
      'nothing.mjs': '\nimport { y } from "./lib/fine.mjs"\n',
      'lib/fine.mjs': 'export const x = 1\n',
    }
    const named = Object.keys(files).filter((file) => !file.startsWith('lib/'))
    const cwd = folderWith({ 'infrarust.toml': use(...named), ...files })
    const running = new Running(cwd)
    const told = new Map<string, unknown>()
    for (const file of named) {
      const { msg } = await running.line(
        ({ msg: text, provider }) => provider === `./${file}` && String(text).includes('cannot be loaded'),
      )
      told.set(file, String(msg).replace(/^provider ".*?" cannot be loaded: (.*); starting again in 1 s$/, '$1'))
    }
    expect(Object.fromEntries(told)).toEqual({
      'twice.mjs': `${cwd}/twice.mjs:3: Identifier 'a' has already been declared`,
      'types.ts': expect.stringMatching(`^${cwd}/types\\.ts:3: `),
      'enum.ts': `${cwd}/enum.ts:2: TypeScript enum is not supported in strip-only mode`,
      'common.cjs': `${cwd}/common.cjs:3: Unexpected identifier 'b'`,
      'imports.mjs': expect.stringMatching(`^${cwd}/lib/deeper\\.mjs:\\d: Unexpected`),
      'nothing.mjs': expect.stringMatching(`^${cwd}/nothing\\.mjs:2: The requested module`),
    })
  })

  it('are told by name for all that they do after they were told to stop', async () => {
    const late = provider(
      'late',
      `signal.addEventListener('abort', () => {
        emit({ servers: [] })
        Promise.reject(new Error('nobody waits'))
        setTimeout(() => { throw new Error('a moment later') }, 1)
        throw new Error('at the end', { cause: new Error('the socket') })
      })
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('no way out'))))`,
    )
    const folder = folderWith({ 'infrarust.toml': use('late.mjs'), 'late.mjs': late })
    const { stderr } = await finish(['check'], '', { cwd: folder })
    for (const told of [/after it was told to stop, it emitted/, /it failed: no way out/, /at the end: the socket/])
      expect(stderr).toMatch(new RegExp(`^warn: .*${told.source}`, 'm'))
    const running = new Running(folder)
    await running.logged('listening')
    writeFileSync(join(folder, 'infrarust.toml'), 'max_connections = 100\n')
    for (const told of ['it emitted something, which is ignored', 'it failed: no way out', 'at the end: the socket'])
      expect(await running.logged(told)).toMatchObject({ provider: './late.mjs' })
    ;(await ping(await running.port(), 'a.example.com')).socket.destroy()
    running.program.kill('SIGTERM')
    // What was only counted so far is told before the end.
    expect(await running.logged('more times in the last 10 s')).toMatchObject({ provider: './late.mjs' })
    expect(await running.exit).toBe(0)
  })

  // Whoever was taken out of the configuration is still in the process.
  it('end nothing when they are gone from the configuration', async () => {
    const folder = folderWith({
      'infrarust.toml': use('gone.mjs'),
      'gone.mjs': provider(
        'gone',
        `signal.addEventListener('abort', () => { setTimeout(() => { throw 'left behind' }, 1); throw 'at the end' })`,
      ),
    })
    const running = new Running(folder)
    await running.logged('listening')
    writeFileSync(join(folder, 'infrarust.toml'), 'max_connections = 100\n')
    const { msg, provider: name } = await running.logged('a provider has thrown')
    expect([msg, name]).toEqual([expect.stringContaining('at the end (./gone.mjs)'), './gone.mjs'])
    ;(await ping(await running.port(), 'a.example.com')).socket.destroy()
  })

  it('fill no log with what they throw every millisecond', async () => {
    const running = new Running(
      folderWith({
        'infrarust.toml': use('busy.mjs'),
        'busy.mjs': provider('busy', `setInterval(() => { throw new Error('again') }, 1)`),
      }),
    )
    const { msg } = await running.logged('more times in the last 10 s')
    expect(msg).toMatch(/^\d{2,} more times in the last 10 s: a provider has thrown .*again/)
    expect(running.lines.filter(({ event }) => event === 'uncaught')).toHaveLength(2)
    ;(await ping(await running.port(), 'a.example.com')).socket.destroy()
  })

  it('fill no log with what they say every millisecond', async () => {
    const code = `let n = 0; setInterval(() => { for (let i = 0; i < 100; i++) emit({ error: 'why ' + n++ }) }, 1)`
    const running = new Running(
      folderWith({ 'infrarust.toml': use('wordy.mjs'), 'wordy.mjs': provider('wordy', code) }),
    )
    const { msg } = await running.line(({ count }) => Number(count) > 500)
    expect(msg).toMatch(/^\d+ more lines of it in one second$/)
    ;(await ping(await running.port(), 'a.example.com')).socket.destroy()
  })

  it('are warned about by check, which goes on to its end', async () => {
    const files = {
      'a.mjs': provider('a', `Promise.reject('a text')`),
      'b.mjs': `export default () => ({ name: 'b', start(emit) {
        setTimeout(() => process.exit(0), 1)
        setTimeout(() => emit({ servers: [] }), 100)
      } })\n`,
      'c.mjs': provider('c', 'net.connect(1, "127.0.0.1")'),
    }
    const cwd = folderWith({
      'infrarust.toml': use(...Object.keys(files)),
      'servers/wrong.toml': 'domains = 1\n',
      ...files,
    })
    for (const command of ['check', 'doctor']) {
      const { code, stderr } = await finish([command], '', { cwd })
      expect(stderr).toMatch(/^warn: a provider has thrown where nobody catches it: a text \(\.\/a\.mjs\)$/m)
      expect(stderr).toMatch(/^warn: .*process\.exit\(0\) was called.*\.\/b\.mjs/m)
      expect(stderr).toMatch(/^warn: .*ECONNREFUSED.*\.\/c\.mjs/m)
      expect(stderr).toContain('servers/wrong.toml')
      expect(code).toBe(command === 'check' ? 1 : 2)
    }
  })
})

describe('what is said again and again', () => {
  it('is told at once, then counted', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const told: string[] = []
    const repeats = new Repeats((text, kind) => told.push(`${kind}: ${text}`))
    for (let number = 0; number < 1_000; number++) repeats.add('a', `mistake ${number}`)
    repeats.add('b', 'another')
    expect(told).toEqual(['a: mistake 0', 'b: another'])
    vi.advanceTimersByTime(10_000)
    expect(told.slice(2)).toEqual(['a: 999 more times in the last 10 s: mistake 999'])
    repeats.add('b', 'after a while')
    repeats.add('a', 'goes on')
    expect(told.slice(3)).toEqual(['b: after a while'])
    vi.advanceTimersByTime(20_000)
    expect(told.slice(4)).toEqual(['a: 1 more time in the last 10 s: goes on'])
  })
})
