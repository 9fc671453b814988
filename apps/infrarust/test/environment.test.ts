import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { folderWith, until } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { ping } from './client.ts'
import { finish } from './program.ts'
import { Running } from './running.ts'

/** What the API answers on the control socket. */
async function get(socketPath: string, path: string): Promise<string> {
  const [response] = await once(request({ socketPath, path }).end(), 'response')
  return await text(response)
}

describe('the proxy', { timeout: 60_000 }, () => {
  it('runs with nothing but the environment, and its commands find it by the same', async () => {
    const folder = folderWith({})
    const env = {
      INFRARUST_LOG__FORMAT: 'json',
      INFRARUST_DEFAULT_MOTD__UNREACHABLE__TEXT: 'nobody here',
      INFRARUST_UNKNOWN_DOMAIN_BEHAVIOR: 'default_motd',
      INFRARUST_CONTROL__SOCKET: join(folder, 'other.sock'),
      INFRARUST_BNID: 'x',
      INFRARUST_SERVICE_HOST: '10.96.0.7',
    }
    const proxy = new Running(folder, [], env)
    const port = await proxy.port()
    await proxy.logged('INFRARUST_BNID: is no key, and does nothing; did you mean INFRARUST_BIND?')
    expect(proxy.lines.filter(({ msg }) => String(msg).includes('INFRARUST_'))).toHaveLength(1)
    // Not the welcome of a proxy that nobody has configured.
    expect((await ping(port, 'a.example.com')).text).not.toContain('Infrarust')
    expect((await finish(['status'], '', { cwd: folder, env })).code).toBe(0)
    expect((await finish(['status'], '', { cwd: folder })).code).not.toBe(0)
  })
  it('does not start where a variable is wrong, and names it', async () => {
    const env = { INFRARUST_MAX_CONNECTIONS: 'many' }
    const { stderr, code } = await finish([], '', { cwd: folderWith({}), env })
    expect(stderr).toBe(
      'infrarust: INFRARUST_MAX_CONNECTIONS: max_connections is "many"; write a whole number from 0 to 10000000\n',
    )
    expect(code).toBe(1)
  })
  // The log and the API have more readers than the configuration.
  it('tells nobody a secret: neither at the start, nor when it changes, nor when it is asked', async () => {
    const folder = folderWith({
      'infrarust.toml': `[log]\nformat = "json"\nlevel = "trace"\n[[provider]]\nuse = "./panel.mjs"\n[provider.options]\ntoken = "\${file:token}"\n`,
      token: 's3cr3t-1\n',
      'panel.mjs': `export default (options) => ({ name: 'panel', start: (emit) => emit({ servers: [
        { key: String(options.token.length), source: 'panel', values: { domains: ['a.example.com'], addresses: ['10.0.0.1'] } } ] }) })\n`,
    })
    const proxy = new Running(folder)
    await proxy.logged('"8" added')
    writeFileSync(join(folder, 'token'), 's3cr3t-longer\n')
    await proxy.logged('"13" added')
    await until(
      () => proxy.lines.some(({ msg }) => String(msg).includes('options.token: changed')),
      'the change is told',
    )
    const asked = await Promise.all(
      [['status'], ['providers'], ['connections'], ['reload']].map((args) =>
        finish([...args, '--json'], '', { cwd: folder }),
      ),
    )
    const servers = await get(join(folder, 'infrarust.sock'), '/api/v1/servers')
    expect(servers).toContain('a.example.com')
    const all = JSON.stringify([proxy.lines, asked, servers])
    expect(asked.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    expect(all).not.toContain('s3cr3t')
  })
})
