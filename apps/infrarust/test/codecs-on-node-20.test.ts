import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { folderWith, nodeOfMajor } from '@infrarust/test-kit'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'

const PACKAGES = fileURLToPath(new URL('../../../packages/', import.meta.url))
const CODECS = ['proxy-protocol', 'minecraft']

const manifest = v.object({ engines: v.object({ node: v.string() }), exports: v.record(v.string(), v.unknown()) })

function manifestOf(codec: string): v.InferOutput<typeof manifest> {
  return v.parse(manifest, JSON.parse(readFileSync(join(PACKAGES, codec, 'package.json'), 'utf8')))
}

/** What was built, by the names under which it is published. */
function built(code: string): string {
  return code.replaceAll(/'(@infrarust\/[\w/-]+)'/g, (_, specifier: string) => `'${import.meta.resolve(specifier)}'`)
}

function outputOf(node: string, code: string): string {
  const folder = folderWith({ 'program.mjs': built(code) })
  return execFileSync(node, ['program.mjs'], { cwd: folder, encoding: 'utf8', timeout: 60_000 })
}

const entries = CODECS.flatMap((codec) =>
  Object.keys(manifestOf(codec).exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => `@infrarust/${join(codec, entry)}`),
)
/** Without their types, which Node 20 does not take out by itself. */
const examples = CODECS.flatMap((codec) => {
  const readme = readFileSync(join(PACKAGES, codec, 'README.md'), 'utf8')
  return [...readme.matchAll(/^```ts\n(.*?)^```/gms)].flatMap(([, code = '']) =>
    code.includes('console.log') ? stripTypeScriptTypes(code) : [],
  )
})

/** Every vector and an answer to it, every packet that can be written, and a server with a header before its first byte. */
const WORK = `
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { decode, encode } from '@infrarust/proxy-protocol'
import { connect, expectProxyHeader, proxyHeaderOf } from '@infrarust/proxy-protocol/node'
import * as minecraft from '@infrarust/minecraft'

const { vectors } = JSON.parse(readFileSync('${join(PACKAGES, 'proxy-protocol/test/fixtures/vectors.json')}', 'utf8'))
for (const { name, hex } of vectors) {
  const decoded = decode(Buffer.from(hex, 'hex'))
  console.log(name, decoded.kind, JSON.stringify(decoded))
  if (decoded.kind === 'header') console.log(Buffer.from(encode(decoded.header, { version: 2 })).toString('hex'))
}
const handshake = { protocolVersion: 767, address: 'bücher.example', port: 25565, intent: 'status' }
const packets = [
  minecraft.encodeHandshake(handshake),
  minecraft.encodeStatusRequest(),
  minecraft.encodeLoginStart('Steve', 767, '069a79f4-44e9-4726-a5be-fca90e38aaf5'),
  minecraft.encodeLoginDisconnect({ text: '\\ud83d no half of it', color: 'red' }),
]
for (const packet of packets) console.log(Buffer.from(packet).toString('hex'))
console.log(JSON.stringify(minecraft.decodeFirst(packets[0])), JSON.stringify(minecraft.decodeLoginStart(packets[2], 767)))

const server = createServer((socket) => socket.end(JSON.stringify([socket.remoteAddress, proxyHeaderOf(socket)])))
expectProxyHeader(server, { trusted: 'anyone' })
await once(server.listen(0, '127.0.0.1'), 'listening')
const source = { address: '203.0.113.7', port: 54321 }
const header = { command: 'PROXY', family: 'IPv4', transport: 'stream', source, destination: source, tlvs: [] }
const socket = connect({ port: server.address().port, host: '127.0.0.1' }, header)
for await (const chunk of socket) console.log(String(chunk))
server.close()
`

describe('the codecs', { timeout: 120_000 }, () => {
  it.each(CODECS)('%s say that they run on Node 20', (codec) => {
    expect(manifestOf(codec).engines.node).toBe('>=20')
  })

  const node20 = nodeOfMajor(20, 'the codecs on Node 20')
  if (node20 === undefined) return

  it('have every entry there', () => {
    const code = entries.map((entry) => `console.log(Object.keys(await import('${entry}')).length > 2)\n`).join('')
    expect(outputOf(node20, code)).toBe('true\n'.repeat(entries.length))
    expect(entries.length).toBe(3)
  })
  it('run the examples of their READMEs there', () => {
    expect(examples.length).toBeGreaterThan(1)
    for (const example of examples) {
      const output = outputOf(node20, example)
      expect(output).not.toBe('')
      expect(output).toBe(outputOf(process.execPath, example))
    }
  })
  it('come to the same there as on the Node of the workspace', () => {
    const output = outputOf(node20, WORK)
    expect(output.split('\n').length).toBeGreaterThan(200)
    expect(output).toContain('["203.0.113.7",')
    expect(output).toBe(outputOf(process.execPath, WORK))
  })
})
