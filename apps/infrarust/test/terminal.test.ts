import { finished, folderWith } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { connectionTable } from '../src/verbs/connections/text.ts'
import { BIN } from './program.ts'

const ESCAPE = String.fromCharCode(27)

describe('the log in a terminal', { timeout: 60_000 }, () => {
  // The shell of an editor showed the sequences themselves.
  it.each<readonly [string, NodeJS.ProcessEnv, boolean]>([
    ['has colours', { TERM: 'xterm' }, true],
    ['has none where TERM is dumb', { TERM: 'dumb' }, false],
    ['has none where NO_COLOR is set', { TERM: 'xterm', NO_COLOR: '1' }, false],
    ['has colours where NO_COLOR is set to nothing', { TERM: 'xterm', NO_COLOR: '' }, true],
  ])('%s', async (_, env, hasColors) => {
    const line = `'${process.execPath}' '${BIN}' --bind 203.0.113.1:25565`
    const { stdout } = await finished('script', ['-qec', line, '/dev/null'], {
      cwd: folderWith(),
      env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined, ...env },
    })
    expect(stdout).toContain('this machine has no such address')
    expect(stdout.includes(ESCAPE)).toBe(hasColors)
  })
})

describe('the table of connections', () => {
  const item = {
    ...{ id: 17, state: 'relaying', client: '2001:db8:1234:5678::7', client_port: 1, peer: '10.0.0.2', peer_port: 1 },
    ...{ listener: 'main', proxy_version: 2, domain: 'survival.example.com', server: 'survival', player: 'Notch' },
    ...{ bytes_in: 123_456, bytes_out: 12_345_678, age_ms: 3_600_000 },
  }

  it.each([
    [130, 'ID CLIENT PEER PROXY DOMAIN SERVER PLAYER STATE IN OUT RATE AGE'],
    [120, 'ID CLIENT PROXY DOMAIN SERVER PLAYER STATE IN OUT RATE AGE'],
    [80, 'ID CLIENT SERVER PLAYER RATE AGE'],
    [40, 'SERVER PLAYER RATE'],
    [10, 'PLAYER RATE'],
  ])('leaves out of %i columns what is looked for the least', (width, heads) => {
    const [head = '', row = ''] = connectionTable([{ item, rate: 1_024 }], width).split('\n')
    expect(head.split(/ +/)).toEqual(heads.split(' '))
    if (width >= 40) expect(Math.max(head.length, row.length)).toBeLessThanOrEqual(width)
  })
})
