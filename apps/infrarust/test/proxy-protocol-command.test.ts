import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { finish } from './program.ts'

interface Vector {
  readonly name: string
  readonly hex: string
  readonly expect: { readonly ok: boolean | null; readonly version?: number; readonly tlvs?: readonly object[] }
}

const FIXTURE = new URL('../../../packages/proxy-protocol/test/fixtures/vectors.json', import.meta.url)
const { vectors }: { readonly vectors: readonly Vector[] } = JSON.parse(readFileSync(FIXTURE, 'utf8'))

const HEADER = '0d0a0d0a000d0a515549540a21110010cb007107c6336402d43163dd04000100'
const HEADER_JSON = {
  ok: true,
  version: 2,
  command: 'PROXY',
  family: 'IPv4',
  transport: 'stream',
  source: { address: '203.0.113.7', port: 54321 },
  destination: { address: '198.51.100.2', port: 25565 },
  tlvs: [{ type: 4, name: 'NOOP', value: '00' }],
  headerLength: 32,
}

function jsonLines(stdout: string): readonly unknown[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
}

describe('proxy-protocol decode --json', () => {
  let answers: readonly unknown[] = []
  beforeAll(async () => {
    const { stdout } = await finish(
      ['proxy-protocol', 'decode', '--json'],
      vectors.map(({ hex }) => `${hex}\n`).join(''),
    )
    answers = jsonLines(stdout)
  }, 60_000)

  it('answers each line of standard input with one line', () => {
    expect(vectors.length).toBeGreaterThan(100)
    expect(answers).toHaveLength(vectors.length)
  })
  it.each(vectors.map((vector, index) => [vector.name, vector, index] as const))('decodes %s', (_, vector, index) => {
    expect(answers[index]).toMatchObject(vector.expect)
  })
  it('has exactly the documented keys', async () => {
    const { stdout, code } = await finish(['proxy-protocol', 'decode', '--json', HEADER])
    expect(jsonLines(stdout)).toEqual([HEADER_JSON])
    expect(code).toBe(0)
  })
  it('prints the lines that the reference shows', async () => {
    const page = readFileSync(new URL('../../../docs/proxy-protocol.md', import.meta.url), 'utf8')
    const { stdout } = await finish(['proxy-protocol', 'decode', '--json', HEADER, HEADER.slice(0, 40), 'ff'])
    expect(page).toContain(`\`\`\`json\n${stdout}\`\`\``)
  })
  it('says how many bytes are needed', async () => {
    const { stdout, code } = await finish(['proxy-protocol', 'decode', '--json', HEADER.slice(0, 40)])
    expect(jsonLines(stdout)).toEqual([{ ok: null, need: 32 }])
    expect(code).toBe(0)
  })
  it('names code and offset of what it refuses, for text that is no hex too', async () => {
    const { stdout, code } = await finish(['proxy-protocol', 'decode', '--json', 'ff', '0d0ax', '123'])
    expect(jsonLines(stdout)).toEqual([
      { ok: false, code: 'no-signature', offset: 0, message: expect.stringContaining('signature') },
      { ok: false, code: 'hex', offset: 4, message: 'not hex' },
      { ok: false, code: 'hex', offset: 2, message: 'not hex' },
    ])
    expect(code).toBe(0)
  })
  it('accepts headers up to --max-size', async () => {
    const limited = await finish(['proxy-protocol', 'decode', '--json', '--max-size', '31', HEADER])
    expect(jsonLines(limited.stdout)).toMatchObject([{ ok: false, code: 'too-long' }])
    const enough = await finish(['proxy-protocol', 'decode', '--json', '--max-size', '32', HEADER])
    expect(jsonLines(enough.stdout)).toEqual([HEADER_JSON])
  })
  // A regular expression over all of it ended the program with a stack overflow.
  it('reads as many bytes as there are behind a header, and lines of either end', async () => {
    const { stdout, code } = await finish(['proxy-protocol', 'decode', '--json'], `${HEADER}${'00'.repeat(8e6)}\r\n0d`)
    expect(jsonLines(stdout)).toEqual([HEADER_JSON, { ok: null, need: 16 }])
    expect(code).toBe(0)
  })
  it('reads hex as tools print it, and an empty line as a stream without bytes', async () => {
    const spellings = [HEADER.toUpperCase(), `0x${HEADER}`, ` ${HEADER.replaceAll(/..(?=.)/g, '$& ')} `, '', '0d:0']
    const { stdout } = await finish(['proxy-protocol', 'decode', '--json'], spellings.join('\n'))
    expect(jsonLines(stdout)).toEqual([
      ...[HEADER_JSON, HEADER_JSON, HEADER_JSON, { ok: null, need: 15 }],
      { ok: false, code: 'hex', offset: 3, message: 'not hex' },
    ])
  })
  it('takes --config before and after its own arguments', async () => {
    const before = await finish(['--config', 'x.toml', 'proxy-protocol', 'decode', '--json', HEADER])
    const after = await finish(['proxy-protocol', 'decode', '--json', HEADER, '--config', 'x.toml'])
    expect([before.code, before.stdout]).toEqual([0, after.stdout])
    expect(after.code).toBe(0)
  })
})

describe('proxy-protocol decode', () => {
  it('prints a table for people', async () => {
    const { stdout } = await finish(['proxy-protocol', 'decode', HEADER.replaceAll(/..(?=.)/g, '$&:')])
    expect(stdout).toMatch(/^source\s+203\.0\.113\.7:54321$/m)
    expect(stdout).toMatch(/^NOOP\s+00$/m)
  })
  it('says what TLVs mean, those inside SSL too', async () => {
    const named = ['v2 TLV SSL with sub-TLVs', 'v2 AWS data connection', 'v2 TLV GCP connection id']
    const headers = named.map((name) => vectors.find((vector) => vector.name === name)?.hex ?? '')
    const { stdout } = await finish(['proxy-protocol', 'decode', ...headers])
    expect(stdout).toMatch(/^SSL +encrypted, client certificate .*, verify 0$/m)
    expect(stdout).toMatch(/^SSL_VERSION +544c5376312e33 {2}"TLSv1\.3"$/m)
    expect(stdout).toMatch(/^AWS +[0-9a-f]+ {2}"vpce-08d2bf15fac5001c9"$/m)
    expect(stdout).toMatch(/^GCP +0123456789abcdef {2}81985529216486895$/m)
  })
})

describe('proxy-protocol encode', () => {
  it('turns what decode prints into a header that decodes to the same', async () => {
    const decoded = await finish(['proxy-protocol', 'decode', '--json'], accepted.map(({ hex }) => `${hex}\n`).join(''))
    const encoded = await finish(['proxy-protocol', 'encode'], decoded.stdout)
    const again = await finish(['proxy-protocol', 'decode', '--json'], encoded.stdout)
    expect(withoutLength(again.stdout)).toEqual(withoutLength(decoded.stdout))
    expect([encoded.code, again.code]).toEqual([0, 0])
  }, 60_000)
  it('gives back the bytes themselves', async () => {
    const { stdout } = await finish(['proxy-protocol', 'encode', JSON.stringify(HEADER_JSON)])
    expect(stdout).toBe(`${HEADER}\n`)
  })
  it('reads a line to its end, whatever Unicode takes for one', async () => {
    const json = '{"source":{"path":"/a\u2028b"},"destination":{"path":""}}'
    const encoded = await finish(['proxy-protocol', 'encode'], `${json}\r\n`)
    const { stdout } = await finish(['proxy-protocol', 'decode', '--json'], encoded.stdout)
    expect(jsonLines(stdout)).toMatchObject([{ ok: true, family: 'unix', source: { path: '/a\u2028b' } }])
  })
  // Each was taken for a PROXY header without end points, or lost what it could not say.
  it('refuses what is no header, and what would be lost', async () => {
    const refusals = [
      ['{"ok":null,"need":16}', 'is no header: "ok" is not true'],
      ['{"ok":false,"code":"version","offset":12}', 'is no header: "ok" is not true'],
      ['{"src":null}', 'unknown key "src"; the keys are ok, version, command, family,'],
      ['{"tlvs":[{"type":4,"value":""}]}', 'a header without end points has no "tlvs"'],
      ['{"command":"LOCAL","tlvs":[{"type":4,"value":""}]}', 'a header without end points has no "tlvs"'],
      ['{"command":"LOCAL","source":{"path":""}}', 'LOCAL has no end points'],
      ['{"family":"IPv4"}', '"family" is "unspecified" without end points'],
      ['{"family":"IPv4","source":{"path":""},"destination":{"path":""}}', '"family" of paths is "unix"'],
      ['{"source":{"path":"/a\\u0000b"},"destination":{"path":""}}', 'a unix socket path is'],
    ] as const
    const { stdout, stderr, code } = await finish(['proxy-protocol', 'encode', ...refusals.map(([json]) => json)])
    expect([stdout, code]).toEqual(['', 1])
    const lines = stderr.trimEnd().split('\n')
    expect(lines).toHaveLength(refusals.length)
    for (const [index, [, fault]] of refusals.entries()) expect(lines[index]).toContain(`: ${fault}`)
  })
  it('says what it cannot encode and why, and goes on with the next line', async () => {
    const { stdout, stderr, code } = await finish([
      'proxy-protocol',
      'encode',
      '{"source":1}',
      JSON.stringify(HEADER_JSON),
    ])
    expect(stdout).toBe(`${HEADER}\n`)
    expect(stderr).toBe(
      'infrarust: {"source":1}: "source" and "destination" are both {"address", "port"}, both {"path"}, or both null\n',
    )
    expect(code).toBe(1)
  })
})

const accepted = vectors.filter((vector) => vector.expect.ok)

/** A block that LOCAL carries, text behind UNKNOWN and odd spellings of addresses are not kept. */
function withoutLength(stdout: string): readonly unknown[] {
  return jsonLines(stdout.replaceAll(/,"headerLength":\d+/g, ''))
}
