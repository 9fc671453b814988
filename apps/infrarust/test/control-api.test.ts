import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { jsonSchema } from '../src/control/json-schema.ts'
import { openApi } from '../src/control/openapi.ts'
import { loadVerbs } from '../src/verbs/verbs.ts'
import { finish, start } from './program.ts'
import { Running } from './running.ts'

const PAGE = readFileSync(new URL('../../../docs/control-api.md', import.meta.url), 'utf8')
const verbs = await loadVerbs()

describe('docs/control-api.md', { timeout: 120_000 }, () => {
  it('shows commands that run, what they print, and a script that works', async () => {
    const [, name = '', script = ''] = /^```js\n\/\/ (\S+)\n(.*?)^```/ms.exec(PAGE) ?? []
    const folder = folderWith({
      'infrarust.toml': '',
      'addresses.txt': '203.0.113.7\n2001:db8::7\n203.0.113.7\n',
      [name]: script,
    })
    await new Running(folder, ['--log-level', 'debug']).logged('commands are taken')
    const env = { ...process.env, PATH: `${join(process.execPath, '..')}:${process.env.PATH}` }
    const examples = [...PAGE.matchAll(/^```console\n(.*?)^```/gms)].flatMap(([, text = '']) => text.split(/^\$ /m))
    const shown = examples.filter((example) => example !== '')
    expect(shown.length).toBeGreaterThan(3)
    for (const example of shown) {
      const [command = '', ...printed] = example.trimEnd().split('\n')
      const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], { cwd: folder, env })
      const written = stdout.replace(/"level":"debug"/, '"level":"info"').trimEnd()
      if (printed.length > 0) expect(written, command).toBe(printed.join('\n'))
    }
    const { stdout } = await finish(['ban', 'list'], '', { cwd: folder })
    expect(stdout.match(/open proxy/g)).toHaveLength(2)
  })
  it('names every route', () => {
    for (const { method, path } of verbs)
      expect(PAGE).toMatch(new RegExp(`\`${method} ${path.replaceAll(/:(\w+)/g, '\\{$1\\}')}[\`?]`))
  })
})

describe('the OpenAPI document', () => {
  it('has every verb, with its fields and its answer', () => {
    expect(openApi(verbs)).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/bans': {
          post: {
            operationId: 'bans.add',
            requestBody: {
              content: {
                'application/json': {
                  schema: {
                    required: ['target'],
                    properties: { target: { required: ['type', 'value'] }, duration_seconds: {} },
                    additionalProperties: false,
                  },
                },
              },
            },
            responses: { 201: {} },
          },
        },
        '/bans/{type}/{value}': {
          delete: {
            parameters: [
              { name: 'type', in: 'path', required: true, schema: { enum: ['ip', 'cidr', 'username', 'uuid'] } },
              { name: 'value', in: 'path', required: true },
              { name: 'by', in: 'query', required: false },
            ],
          },
        },
        '/bans/import': { post: { requestBody: { content: { 'application/x-ndjson': {} } } } },
        '/log/level': { get: {}, put: { requestBody: {} } },
        '/trace': { get: { responses: { 200: { content: { 'text/event-stream': {} } } } } },
      },
    })
    const ids = Object.values(Object(openApi(verbs)).paths).flatMap((path) => Object.values(Object(path)))
    expect(ids).toHaveLength(verbs.length)
  })
  it('is made of schemas that are all understood', () => {
    for (const { request, result } of verbs) for (const schema of [request, result]) jsonSchema(schema)
    expect(() => jsonSchema({ type: 'date' })).toThrow('no JSON Schema is known for date')
  })
})

describe('two commands at once', { timeout: 60_000 }, () => {
  it('ban all that both were asked to, each with its lines', async () => {
    const folder = folderWith({ 'infrarust.toml': '[ban]\nenable_audit_log = false\n' })
    await new Running(folder, ['--log-level', 'debug']).logged('commands are taken')
    const halves = ['10.1.0', '10.2.0'].map((net) => Array.from({ length: 30 }, (_, index) => `${net}.${index}`))
    const done = await Promise.all(halves.map((targets) => finish(['ban', 'add', ...targets], '', { cwd: folder })))
    for (const [index, targets] of halves.entries())
      expect(done[index]).toMatchObject({ code: 0, stdout: targets.map((target) => `banned ${target}\n`).join('') })
    expect(JSON.parse((await finish(['ban', 'list', '--json'], '', { cwd: folder })).stdout)).toHaveLength(60)
  })
})

describe('a proxy that is stopped', { timeout: 60_000 }, () => {
  it('is not held up by a trace for long, which says that it went away', async () => {
    const folder = folderWith({ 'infrarust.toml': '' })
    const running = new Running(folder, ['--log-level', 'debug'])
    await running.logged('commands are taken')
    const tracing = start(['trace', '203.0.113.7'], { cwd: folder })
    await once(tracing.stdout, 'data')
    running.program.kill('SIGTERM')
    expect(await once(tracing, 'close')).toEqual([2, null])
    expect(await running.exit).toBe(0)
  })
})

describe('what speaks HTTP', { timeout: 60_000 }, () => {
  // With the other imports it would be a tenth of the time that a proxy takes to its first connection.
  it('is imported with the first command, and not at the start', async () => {
    const folder = folderWith({ 'infrarust.toml': '' })
    const told = `import{registerHooks}from'node:module';registerHooks({load(url,context,next){if(/hono|valibot/.test(url))process._rawDebug(url);return next(url,context)}})`
    const nodeOptions = ['--import', `data:text/javascript,${encodeURIComponent(told)}`]
    const proxy = start(['--bind', '127.0.0.1:0', '--log-level', 'debug'], { cwd: folder, nodeOptions })
    onTestFinished(() => void proxy.kill('SIGKILL'))
    let [log, imported] = ['', '']
    proxy.stdout.on('data', (chunk) => {
      log += chunk
    })
    proxy.stderr.on('data', (chunk) => {
      imported += chunk
    })
    await vi.waitFor(() => expect(log).toContain('commands are taken'), { timeout: 30_000 })
    expect(imported).toBe('')
    expect((await finish(['status'], '', { cwd: folder })).code).toBe(0)
    await vi.waitFor(() => expect([/hono/, /valibot/].every((name) => name.test(imported))).toBe(true), {
      timeout: 10_000,
    })
  })
})
