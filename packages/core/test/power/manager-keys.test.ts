import { describe, expect, it } from 'vitest'
import { validateServer } from '../../src/entries/provider.ts'

const REACHABLE = { domains: ['a.example.com'], addresses: ['10.0.0.1:25565'] }

function validated(manager: object, provider = 'file', writer: 'operator' | 'anyone' = 'operator'): unknown {
  const values = { ...REACHABLE, server_manager: manager }
  return validateServer({ key: 'a', source: 'servers/a.toml', values }, provider, writer)
}

describe('[server_manager]', () => {
  it.each([
    [
      {
        type: 'local',
        command: 'java',
        working_dir: '/srv/survival',
        args: ['-Xmx4G', '-jar', 'server.jar', 'nogui'],
        ready_pattern: 'For help, type "help"',
        shutdown_timeout: '30s',
        shutdown_after: '15m',
        start_timeout: '60s',
      },
      { type: 'local', command: 'java', shutdownAfterMs: 900_000, startTimeoutMs: 60_000 },
    ],
    [
      {
        type: 'pterodactyl',
        api_url: 'https://panel.example.com/',
        api_key: 'ptlc_key',
        server_id: 'abc123',
        shutdown_after: '10m',
        poll_interval: '5s',
      },
      { type: 'pterodactyl', apiUrl: 'https://panel.example.com', apiKey: 'ptlc_key', pollIntervalMs: 5_000 },
    ],
    [
      { type: 'crafty', api_url: 'https://crafty.example.com:8443', api_key: 'key', server_id: 'uuid' },
      { type: 'crafty', serverId: 'uuid', shutdownAfterMs: undefined },
    ],
  ])('loads as the Rust Infrarust has it: %j', (written, expected) => {
    expect(validated(written)).toMatchObject({ server: { serverManager: expected }, warnings: [] })
  })
  it('keeps arguments that stand twice, and empty ones', () => {
    const args = ['-D', 'a=1', '-D', 'a=1', '']
    expect(validated({ type: 'local', command: 'x', working_dir: '/', args })).toMatchObject({
      server: { serverManager: { args } },
    })
  })
  it.each([
    ['./power.mjs', '/etc/infrarust/servers/power.mjs'],
    ['../power.mjs', '/etc/infrarust/power.mjs'],
    ['/srv/power.mjs', '/srv/power.mjs'],
    ['file:///srv/power.mjs', 'file:///srv/power.mjs'],
  ])('takes a module by its path, relative to the file, with whatever it is told: %s', (type, expected) => {
    const options = { host: '10.0.0.1', nested: { a: [1] } }
    const values = { ...REACHABLE, server_manager: { type, options, shutdown_after: '5m' } }
    const definition = { key: 'a', source: 'servers/a.toml', folder: '/etc/infrarust/servers', values }
    expect(validateServer(definition, 'file', 'operator')).toMatchObject({
      server: { serverManager: { type: expected, options, shutdownAfterMs: 300_000 } },
    })
  })
  it.each(['./power.mjs', '/srv/power.mjs', 'file:///srv/power.mjs'])(
    'takes no module from anybody but the operator: %s',
    (type) => {
      for (const provider of ['docker', 'panel'])
        expect(validated({ type }, provider, 'anyone')).toMatchObject({
          problems: expect.arrayContaining([expect.objectContaining({ path: ['server_manager', 'type'] })]),
        })
    },
  )
  it('is absent where it is not written: such a server has no manager', () => {
    const read = validateServer({ key: 'a', source: 'x', values: REACHABLE }, 'file')
    expect('server' in read && read.server.serverManager).toBeUndefined()
  })
  it.each([
    [{ command: 'java' }, 'server_manager has no type; write type = "local", or "command", "docker", …'],
    [{ type: 'local', working_dir: '/' }, 'server_manager.command is missing; type = "local" needs it'],
    [{ type: 'command', start: ['a'] }, 'server_manager.stop is missing; type = "command" needs it'],
    [{ type: 'command', start: [], stop: ['b'] }, 'server_manager.start is missing; type = "command" needs it'],
    [
      { type: 'command', start: ['a'], stop: ['b'], api_key: 'x' },
      'server_manager.api_key is not for type = "command", which has start, stop, state, working_dir, command_timeout',
    ],
    [{ type: 'docker' }, 'server_manager.container is missing; write the name of the container that is this server'],
    [{ type: 'power.mjs' }, expect.stringMatching(/, or the path of a module of your own, such as "\.\/power\.mjs"$/)],
    [{ type: './' }, expect.stringMatching(/^server_manager\.type is "\.\/"; write one of /)],
    [
      { type: './power.mjs', command: 'java' },
      'server_manager.command is not for type = "./power.mjs", which has options',
    ],
    [
      { type: 'docker', container: 'a', options: {} },
      'server_manager.options is not for type = "docker", which has container, pause',
    ],
    [
      { type: 'lokal' },
      expect.stringMatching(/^server_manager\.type is "lokal"; did you mean "local"\? Or write one of "local", /),
    ],
    [
      { type: 'command', start: 'systemctl start a', stop: ['b'] },
      'server_manager.start is "systemctl start a"; write a list of arguments, such as ["systemctl", "start", "survival"]',
    ],
  ])('is refused with a line: %j', (written, message) => {
    expect(validated(written)).toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ message })]),
    })
  })
  it('never shows what a module is told', () => {
    expect(JSON.stringify(validated({ type: './x.mjs', options: ['hunter2'] }))).not.toContain('hunter2')
  })
  it('never shows a key of a panel', () => {
    const text = JSON.stringify(validated({ type: 'crafty', api_key: ['hunter2'], api_url: 'x', server_id: 'y' }))
    expect(text).not.toContain('hunter2')
  })
  // It stood in the log as part of the address.
  it.each(['https://admin:hunter2@panel.example.com', 'http://hunter2@panel.example.com:8443/'])(
    'takes no password in the address of a panel, and does not show it: %s',
    (api_url) => {
      const text = JSON.stringify(validated({ type: 'crafty', api_key: 'key', api_url, server_id: 'y' }))
      expect(text).toContain(
        'server_manager.api_url has a user or a password in it; write the key of the panel as api_key',
      )
      expect(text).not.toContain('hunter2')
    },
  )
  // The label `id` would have started and stopped any other container.
  it('of a label means the labelled container, whatever else the labels say', () => {
    const values = { id: 'victim', name: 'victim', domains: ['a.example.com'], server_manager: { type: 'docker' } }
    for (const key of ['own', 'own/lobby'])
      expect(validateServer({ key, source: 'container "own"', values }, 'docker')).toMatchObject({
        server: { id: 'victim', serverManager: { container: 'own' } },
      })
  })
  it('lets a container be without an address: it has one by the time that it is up', () => {
    const values = { domains: ['a.example.com'], server_manager: { type: 'docker' } }
    const definition = { key: 'a', source: 'container "a"', values }
    expect(validateServer(definition, 'docker')).toHaveProperty('server')
    expect(validateServer({ ...definition, values: { domains: ['a.example.com'] } }, 'docker')).toHaveProperty(
      'problems',
    )
    const container = { type: 'docker', container: 'a' }
    expect(
      validateServer({ ...definition, values: { ...values, server_manager: container } }, 'file', 'operator'),
    ).toMatchObject({
      problems: [{ path: ['addresses'] }],
    })
  })
  it('may be written by anyone for a container of their own only', () => {
    expect(validated({ type: 'docker', shutdown_after: '5m' }, 'docker', 'anyone')).toHaveProperty('server')
    expect(validated({ type: 'docker' }, 'panel', 'anyone')).toHaveProperty('problems')
    expect(validated({ type: 'docker', container: 'other' }, 'docker', 'anyone')).toHaveProperty('problems')
    expect(validated({ type: 'command', start: ['a'], stop: ['b'] }, 'docker', 'anyone')).toHaveProperty('problems')
  })
})
