/**
 * Fuzzes the codec for as many seconds as it is told: `pnpm fuzz 60 [seed]`. For every input:
 * 1. decoding throws nothing and answers the same however the bytes are cut;
 * 2. a refusal names a byte that was there, an "incomplete" asks for more than was there;
 * 3. what is accepted can be encoded, and what is encoded decodes to the same;
 * 4. bytes behind a header change nothing.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Decoder, decode, encode } from '../src/index.ts'
import { concat, toHex } from '../test/feed.ts'
import { plausibleBytes } from '../test/plausible.ts'

const seconds = Number(process.argv[2] ?? 10)
const firstSeed = Number(process.argv[3] ?? Date.now() % 2 ** 31)
const BATCH = 2000

const deadline = Date.now() + seconds * 1000
const kinds = { header: 0, incomplete: 0, malformed: 0 }
let seed = firstSeed
for (; Date.now() < deadline; seed++) {
  for (const bytes of fc.sample(plausibleBytes, { seed, numRuns: BATCH })) {
    try {
      kinds[check(bytes)]++
    } catch (error) {
      console.error(`seed ${seed}: ${toHex(bytes)}`)
      throw error
    }
  }
}
console.log(
  `${seconds} s, seeds ${firstSeed} to ${seed - 1}, ${BATCH * (seed - firstSeed)} inputs: ${JSON.stringify(kinds)}`,
)

function check(bytes: Uint8Array): keyof typeof kinds {
  const answer = decode(bytes)
  const decoder = new Decoder()
  let byBytes = decoder.decode(bytes.subarray(0, 0))
  for (let length = 1; length <= bytes.length && byBytes.kind === 'incomplete'; length++) {
    assert.ok(byBytes.atLeastBytes >= length)
    byBytes = decoder.decode(bytes.subarray(0, length))
  }
  assert.deepEqual(byBytes, answer)
  if (answer.kind === 'incomplete') assert.ok(answer.atLeastBytes > bytes.length)
  else assert.deepEqual(decode(concat(bytes, bytes)), answer)
  if (answer.kind === 'malformed') assert.ok(answer.offset < bytes.length)
  if (answer.kind === 'header') {
    assert.ok(answer.headerBytes <= bytes.length)
    const again = decode(encode(answer.header, { version: answer.header.version }))
    assert.deepEqual(again.kind === 'header' && again.header, answer.header)
  }
  return answer.kind
}
