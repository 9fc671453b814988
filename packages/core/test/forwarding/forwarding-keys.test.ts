import { describe, expect, it } from 'vitest'
import { type ServerDefinition, validateServer, type Writer } from '../../src/entries/provider.ts'
import { type ForwardingGrant, type ForwardingKind, forwardingOf, readGateway } from '../../src/index.ts'

const PLACE = { domains: ['a.example.com'], addresses: ['10.0.1.5:25565'], proxy_mode: 'client_only' }

function validated(values: ServerDefinition['values'], writer: Writer = 'operator', mayBeForwarded = false) {
  return validateServer({ key: 'a', source: 'here', values: { ...PLACE, ...values }, mayBeForwarded }, 'p', writer)
}

function problemsOf(...args: Parameters<typeof validated>): readonly string[] {
  const result = validated(...args)
  return 'problems' in result ? result.problems.map(({ message }) => message) : []
}

describe('the way in which a server is told who a player is', () => {
  it.each<readonly [string, ForwardingKind]>([
    ['none', 'none'],
    ['velocity', 'velocity'],
    ['Velocity', 'velocity'],
    ['modern', 'velocity'],
    ['bungeecord', 'bungeecord'],
    ['bungee_cord', 'bungeecord'],
    ['BungeeCord', 'bungeecord'],
    ['legacy', 'bungeecord'],
    ['bungee_guard', 'bungeeguard'],
    ['bungeeguard', 'bungeeguard'],
    ['bungee-guard', 'bungeeguard'],
  ])('may be written as %s, in both files', (written, kind) => {
    expect(readGateway({ forwarding: { mode: written } })).toMatchObject({
      config: { forwarding: { mode: kind } },
      problems: [],
    })
    expect(validated({ forwarding_mode: written })).toMatchObject({ server: { forwardingMode: kind } })
  })

  it.each(['passthrough', 'zero_copy', 'server_only', 'intercepted'])(
    'is an error with proxy_mode = "%s", which says why and what to write',
    (mode) => {
      for (const kind of ['velocity', 'bungeecord', 'bungeeguard'])
        expect(problemsOf({ proxy_mode: mode, forwarding_mode: kind })).toEqual([
          expect.stringMatching(/needs the proxy to log in .*"client_only" and online-mode=false.*or leave/),
        ])
      expect(problemsOf({ proxy_mode: mode, secret_file: 'a.secret' })).toHaveLength(1)
      expect(problemsOf({ proxy_mode: mode, transfer_intent: 'login' })).toHaveLength(1)
      expect(problemsOf({ proxy_mode: mode, forwarding_mode: 'none', transfer_intent: 'keep' })).toEqual([])
    },
  )

  it('is no second error beside that of "full"', () => {
    const problems = problemsOf({ proxy_mode: 'full', forwarding_mode: 'velocity' })
    expect(problems).toEqual([expect.stringMatching(/"passthrough".*"client_only" with forwarding_mode = "velocity"/)])
  })

  it('is decided by nobody but the operator', () => {
    expect(problemsOf({ forwarding_mode: 'velocity' }, 'anyone')).toEqual([
      expect.stringContaining('forwarding = true in [docker]'),
    ])
    expect(problemsOf({ forwarding_mode: 'none' }, 'anyone')).toEqual([])
    expect(problemsOf({ forwarding_mode: 'velocity' }, 'anyone', true)).toEqual([])
    expect(problemsOf({ forwarding_mode: 'bungeeguard' }, 'anyone', true)).toEqual([expect.stringContaining('token')])
  })

  // A container with proxy_mode "client_only" got what [forwarding] has for the servers of the operator, the token included.
  it.each<readonly [ForwardingGrant, ForwardingKind | undefined, ForwardingKind, ForwardingKind]>([
    ['any', undefined, 'bungeeguard', 'bungeeguard'],
    ['any', 'none', 'velocity', 'none'],
    ['any', 'velocity', 'none', 'velocity'],
    ['without-token', undefined, 'velocity', 'velocity'],
    ['without-token', undefined, 'bungeeguard', 'none'],
    ['without-token', 'bungeecord', 'bungeeguard', 'bungeecord'],
    ['none', undefined, 'velocity', 'none'],
    ['none', undefined, 'bungeeguard', 'none'],
  ])('with the grant %s, %s in the server and %s in [forwarding] is %s', (forwardingGrant, own, general, expected) => {
    expect(forwardingOf({ forwardingMode: own, forwardingGrant }, general)).toBe(expected)
  })
})

describe('[auth]', () => {
  const problem = (auth: object): string | undefined => readGateway({ auth }).problems[0]?.message

  it('takes the UUID of a client for nothing, and says why', () => {
    expect(problem({ offline_uuid: 'offline' })).toBeUndefined()
    expect(problem({ offline_uuid: 'client' })).toMatch(/^auth\.offline_uuid is "client", which would let everybody be/)
    expect(problem({ offline_uuid: 'random' })).toContain('write "offline"')
  })

  it.each([
    'https://sessions.example.com/session/minecraft/hasJoined',
    'https://authserver.ely.by/session/hasJoined',
    'http://127.0.0.1:8080/session/minecraft/hasJoined',
    'http://localhost/hasJoined',
    'http://[::1]:80/hasJoined',
  ])('asks %s', (url) => {
    expect(problem({ session_url: url })).toBeUndefined()
  })

  it.each([
    ['http://sessions.example.com/session/minecraft/hasJoined', 'https://'],
    ['http://127.0.0.1.example.com/hasJoined', 'https://'],
    ['http://10.0.0.1/hasJoined', 'https://'],
    ['ftp://sessions.example.com/hasJoined', 'whole address'],
    ['sessions.example.com', 'whole address'],
    ['https://sessions.example.com', 'whole address'],
    ['https://user:pass@sessions.example.com/hasJoined', 'without'],
  ])('asks nobody at %s', (url, advice) => {
    const message = problem({ session_url: url })
    expect(message).toContain(advice)
    expect(message).not.toContain('pass@')
  })
})
