/**
 * What the codec does in a faster way, beside the plain form of the same: `pnpm bench`. Under 1.0 the faster way does not
 * pay any more.
 */
import { decodeUtf8 } from '../src/utf8.ts'
import { decodeUuid } from '../src/uuid.ts'
import { plainText, plainUuid } from '../test/plain.ts'

const ROUNDS = 15
const CALLS = 200_000

const frame = (text: string): Uint8Array => Buffer.from(`....${text}..`)
const hosts = Array.from({ length: 64 }, (_, index) => frame(`server${index}.example.com`))
const names = Array.from({ length: 64 }, (_, index) => frame(`Player_${index}`))
const uuids = Array.from({ length: 64 }, (_, index) => Uint8Array.from({ length: 16 }, (_, at) => index * 31 + at * 17))
const inside = (bytes: Uint8Array): Uint8Array => bytes.subarray(4, bytes.length - 2)

/** Each takes the input of this number. */
interface Rivals {
  readonly fast: (index: number) => string | undefined
  readonly plain: (index: number) => string | undefined
}

const rows: Readonly<Record<string, Rivals>> = {
  'host of a handshake': on(
    hosts,
    (bytes) => decodeUtf8(bytes, 4, bytes.length - 2),
    (bytes) => plainText(inside(bytes)),
  ),
  'name of a player': on(
    names,
    (bytes) => decodeUtf8(bytes, 4, bytes.length - 2),
    (bytes) => plainText(inside(bytes)),
  ),
  'UUID of a player': on(uuids, (bytes) => decodeUuid(bytes), plainUuid),
}

for (const [name, { fast, plain }] of Object.entries(rows)) {
  const times = { fast: [] as number[], plain: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    times.fast.push(nanoseconds(fast))
    times.plain.push(nanoseconds(plain))
  }
  const [ours, theirs] = [median(times.fast), median(times.plain)]
  console.log(
    `${name.padEnd(24)} ${ours.toFixed(0)} ns, plain ${theirs.toFixed(0)} ns: ${(theirs / ours).toFixed(2)} times`,
  )
}

function on(
  inputs: readonly Uint8Array[],
  fast: (bytes: Uint8Array) => string | undefined,
  plain: (bytes: Uint8Array) => string | undefined,
): Rivals {
  const input = (index: number): Uint8Array => inputs[index % inputs.length] ?? new Uint8Array(16)
  return { fast: (index) => fast(input(index)), plain: (index) => plain(input(index)) }
}

/** Of processor time: on a busy machine the clock on the wall measures the neighbours. */
function nanoseconds(run: (index: number) => string | undefined): number {
  let nuls = 0
  const start = process.cpuUsage()
  // Whoever reads a text searches it: a concatenation that is still in pieces is joined then.
  for (let call = 0; call < CALLS; call++) nuls += run(call)?.indexOf('\0') ?? 0
  const { user, system } = process.cpuUsage(start)
  if (nuls === CALLS) throw new Error('nothing was measured')
  return ((user + system) * 1000) / CALLS
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
