import { join } from 'node:path'
import { finished, folderWith, until } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { BIN, finish, start } from './program.ts'

const nodeOptions = ['--import', join(import.meta.dirname, 'children/list-modules.ts')]

/** Each took 30 to 90 ms of every start, and 3 to 8 MB. */
const SELDOM_NEEDED =
  /prom-client|pino-pretty|dockerode|node:https?\b|node:sqlite|store-worker|entries\/authentication|login-service|secrets?\.js|login-try|valibot|\/hono\/|\/web\/(?!web-keys|origin)|\/webhook\/(?!webhook-keys)/

/** Of verbs a proxy that nobody asks has the list, and the error that says why none can be answered. */
const OTHER_COMMANDS = /\/(commands|verbs)\/.*(?<!\/(run|verbs|verb-error))\.js$/

describe('what is loaded', () => {
  it('by a proxy is only what its configuration asks for', async () => {
    const folder = folderWith({ 'infrarust.toml': 'bind = "127.0.0.1:0"\n[log]\nformat = "json"\n' })
    const program = start([], { cwd: folder, nodeOptions })
    const [output, modules] = [program.stdout, program.stderr].map(textOf)
    await until(() => output?.().includes('"listening"') ?? false, 'it listens')
    const ended = new Promise((resolve) => program.on('close', resolve))
    program.kill('SIGTERM')
    await ended
    const urls = modules?.().split('\n') ?? []
    expect(urls.some((url) => url.endsWith('/proxy/running-proxy.js'))).toBe(true)
    expect(urls.filter((url) => SELDOM_NEEDED.test(url) || OTHER_COMMANDS.test(url))).toEqual([])
  })

  it('by a command is that command and no other', async () => {
    const { stderr } = await finish(['status'], '', { cwd: folderWith({}), nodeOptions })
    const commands = [
      ...stderr.matchAll(/\/dist\/(?:commands|verbs)\/(.*)\/command\.js$|\/dist\/commands\/(.*)\.js$/gm),
    ].map(([, verb, command]) => verb ?? command)
    expect(commands).toEqual(['status'])
    expect(stderr).not.toMatch(/node_modules\/pino\b/)
  })

  it('for the version is next to nothing', async () => {
    const { stdout, stderr } = await finished(process.execPath, [...nodeOptions, BIN, '--version'])
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(stderr).not.toContain('/packages/core/')
  })
})

function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.on('data', (data) => {
    text += String(data)
  })
  return () => text
}
