import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalAddress, type Decoded, decode } from '../../src/index.ts'
import { toHex } from '../feed.ts'
import { type Difference, HAPROXY_DIFFERENCES, NGINX_DIFFERENCES } from './differences.ts'
import { startHaproxy } from './haproxy.ts'
import { inputs } from './inputs.ts'
import { startNginx } from './nginx.ts'
import { find, type Outcome, type Peer } from './peer.ts'

const haproxyPath = find(['/usr/sbin/haproxy', '/usr/local/sbin/haproxy'])
const nginxPath = find(['/usr/sbin/nginx', '/usr/local/sbin/nginx'])
const streamModulePath = find(['/usr/lib/nginx/modules/ngx_stream_module.so'])

const DOCS = readFileSync(new URL('../../../../docs/proxy-protocol.md', import.meta.url), 'utf8')

interface Subject {
  readonly name: string
  readonly program: string
  readonly missing: string | undefined
  readonly differences: readonly Difference[]
  /** How the program says that it is of the version whose differences the table has. */
  readonly tableMadeWith: { readonly args: readonly string[]; readonly says: RegExp }
  start(directory: string): Promise<Peer>
}

const subjects: readonly Subject[] = [
  {
    name: 'HAProxy',
    program: haproxyPath ?? '',
    missing:
      haproxyPath === undefined ? 'no haproxy program is installed (Debian: apt-get install haproxy)' : undefined,
    differences: HAPROXY_DIFFERENCES,
    tableMadeWith: { args: ['-v'], says: /version 2\.6\./ },
    start: (directory) => startHaproxy(haproxyPath ?? '', directory),
  },
  {
    name: 'nginx',
    program: nginxPath ?? '',
    missing:
      nginxPath === undefined || streamModulePath === undefined
        ? 'no nginx with its stream module is installed (Debian: apt-get install nginx libnginx-mod-stream)'
        : undefined,
    differences: NGINX_DIFFERENCES,
    tableMadeWith: { args: ['-v'], says: /nginx\/1\.22\./ },
    start: (directory) => startNginx(nginxPath ?? '', streamModulePath ?? '', directory),
  },
]

for (const subject of subjects) {
  if (subject.missing === undefined) compare(subject)
  else leaveOut(subject.name, subject.missing)
}

function compare({ name, program, differences, tableMadeWith, start }: Subject): void {
  const { stdout, stderr } = spawnSync(program, tableMadeWith.args, { encoding: 'utf8' })
  const isOfTable = tableMadeWith.says.test(stdout + stderr)

  describe(`beside a real ${name}`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'differential-'))
    let peer: Peer

    beforeAll(async () => {
      peer = await start(directory)
    }, 60_000)
    afterAll(async () => {
      await peer.stop()
      rmSync(directory, { recursive: true })
    }, 60_000)

    it('gives the same answer, but where the docs say why not', { timeout: 300_000 }, async () => {
      const met = new Map<string, number>()
      const unexplained: string[] = []
      let same = 0
      for (const input of inputs()) {
        const ours = decode(input)
        const theirs = await peer.ask(input)
        if (isSame(ours, theirs, input)) same++
        else {
          const difference = differences.find((candidate) => candidate.explains(input, ours, theirs))
          if (difference === undefined) unexplained.push(`${toHex(input)}: ${JSON.stringify({ ours, theirs })}`)
          else met.set(difference.id, (met.get(difference.id) ?? 0) + 1)
        }
      }
      console.log(`${name}: ${same} the same; differences: ${JSON.stringify(Object.fromEntries(met))}`)
      expect(unexplained).toEqual([])
      expect(same).toBeGreaterThan(200)
      const known = differences.map(({ id }) => id).sort()
      // Another version may have mended some of it; the version of the table must still do all of it.
      if (isOfTable) expect([...met.keys()].sort(), 'differences met').toEqual(known)
    })

    it.each(differences.map(({ id }) => [id]))('has %s in the table of the docs', (id) => {
      expect(DOCS).toMatch(new RegExp(`^\\| \`${id}\` *\\| ${name} `, 'm'))
    })
  })
}

/** Without the program there is nothing to compare with: said aloud, and a failure where it should be there. */
function leaveOut(name: string, why: string): void {
  describe(`beside a real ${name}`, () => {
    it('is left out where the program is missing, but never in CI', () => {
      console.warn(`The differential run against ${name} is left out: ${why}.`)
      expect(process.env.CI, why).not.toBe('true')
    })
  })
}

function isSame(ours: Decoded, theirs: Outcome, input: Uint8Array): boolean {
  if (ours.kind !== 'header') return ours.kind === 'malformed' && theirs.kind === 'refused'
  if (theirs.kind === 'refused') return false
  const { header, headerBytes } = ours
  if (theirs.rest !== toHex(input.subarray(headerBytes))) return false
  if (header.family !== 'IPv4' && header.family !== 'IPv6') return theirs.kind === 'own end points'
  if (theirs.kind !== 'end points') return false
  // Each maps and unmaps the IPv4 side of a pair in its own way; the host named is what counts.
  const { source, destination } = header
  return (
    theirs.source === `${canonicalAddress(source.address)} ${source.port}` &&
    theirs.destination === `${canonicalAddress(destination.address)} ${destination.port}`
  )
}
