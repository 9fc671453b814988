import { Capture } from './capture.ts'
import type { Dump, DumpForm } from './dump-result.ts'

/** One line after the other was read: whether it was of a dump, and which dumps have ended before it. */
export interface Read {
  readonly isTaken: boolean
  readonly done: readonly Dump[]
}

interface DumpLine {
  readonly form: DumpForm
  readonly offset: number
  /** What stands behind the offset. */
  readonly rest: string
}

/** An offset, and what stands between it and the bytes. Only hexdump has no colon. */
const OFFSETS: readonly (readonly [DumpForm, RegExp])[] = [
  ['tcpdump', /^\s*0x([0-9a-f]{4,8}):(?:\s+|$)/i],
  ['xxd', /^\s*([0-9a-f]{8}):(?:\s|$)/i],
  ['hexdump', /^\s*([0-9a-f]{8})(?: {2}|$)/i],
  ['od', /^([0-9a-f]{7})(?: |$)/i],
]

/** Lines that tcpdump writes between packets: what they are, and what it says about itself. */
const SUMMARY =
  /^(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d+ |^IP6? \S+ > \S+: |^\s+\S+ > \S+: |^tcpdump: |^listening on \S+, |^reading from file |^dropped privs to |^\d+ packets? (?:captured|received|dropped)/

/** No longer line says what it is. */
const LOOKED_AT = 400

/** Nobody needs more of a stream than the longest header and what may follow it in a dump that was made by hand. */
const LONGEST_DUMP_BYTES = 1_048_576

/**
 * Puts the lines of dumps together: those of xxd, of `hexdump -C`, and of `tcpdump -x` and `-X`, of which only what TCP carries is
 * kept. A dump ends where another one begins at offset 0, or with a line that is of none.
 */
export class DumpReader {
  #open: OpenDump | undefined
  #capture: Capture | undefined
  /** Behind a line about a packet, and before its bytes: what stands there is text of tcpdump, such as that of `-A`. */
  #awaitsPacket = false

  /** Whether a dump may begin with this line. */
  begins(line: string): boolean {
    return firstLineOf(line) !== undefined || SUMMARY.test(line.slice(0, LOOKED_AT))
  }

  take(line: string): Read {
    const next = this.#open?.goesOn(line)
    if (next !== undefined) {
      this.#open?.add(next)
      return TAKEN
    }
    if (this.#open !== undefined && line.trim() === '*') {
      this.#open.fail('lines are left out of it (*); write all of them: hexdump -v, xxd without -a')
      return TAKEN
    }
    const wasOpen = this.#open !== undefined
    const done = this.#close()
    const first = firstLineOf(line)
    if (first !== undefined) {
      this.#open = new OpenDump(first)
      this.#awaitsPacket = false
      return { isTaken: true, done }
    }
    if (SUMMARY.test(line.slice(0, LOOKED_AT))) {
      this.#capture ??= new Capture()
      this.#awaitsPacket = true
      return { isTaken: true, done }
    }
    if (this.#awaitsPacket) return { isTaken: true, done }
    // What keeps dumps apart is no stream without bytes.
    return { isTaken: line.trim() === '' && (wasOpen || this.#capture !== undefined), done }
  }

  /** There are no more lines. */
  end(): readonly Dump[] {
    return [...this.#close(), ...(this.#capture?.streams() ?? [])]
  }

  #close(): readonly Dump[] {
    const open = this.#open
    this.#open = undefined
    if (open === undefined) return []
    const dump = open.result()
    if (dump.form !== 'tcpdump' || dump.kind === 'fault') return [dump]
    this.#capture ??= new Capture()
    this.#capture.add(dump.bytes)
    return []
  }
}

const TAKEN: Read = { isTaken: true, done: [] }

class OpenDump {
  readonly form: DumpForm
  readonly #parts: Buffer[] = []
  #length = 0
  #fault: { readonly offset: number; readonly message: string } | undefined

  constructor(first: DumpLine) {
    this.form = first.form
    if (first.form === 'od') this.fail('a dump whose bytes may be swapped; use xxd or hexdump -C')
    this.add(first)
  }

  /** The next line of this dump, also where something was wrong with one before: it is one mistake. */
  goesOn(line: string): DumpLine | undefined {
    const next = dumpLine(line, this.form)
    return next === undefined || next.offset === 0 ? undefined : next
  }

  add({ offset, rest }: DumpLine): void {
    if (this.#fault !== undefined) return
    if (offset !== this.#length) {
      const [found, wanted] = [offset, this.#length].map((number) => `0x${number.toString(16)}`)
      this.fail(`offset ${found} where ${wanted} is next; a line is missing, or they are not of one dump`)
      return
    }
    const { bytes, fault } = readColumns(rest, this.form)
    if (fault !== undefined) this.fail(fault)
    else if (this.#length + bytes.length > LONGEST_DUMP_BYTES) this.fail('longer than 1 MiB')
    else {
      this.#parts.push(bytes)
      this.#length += bytes.length
    }
  }

  fail(message: string): void {
    this.#fault ??= { offset: this.#length, message: `${this.form}: ${message}` }
  }

  result(): Dump {
    const { form } = this
    return this.#fault === undefined
      ? { kind: 'bytes', form, bytes: Buffer.concat(this.#parts) }
      : { kind: 'fault', form, ...this.#fault }
  }
}

/** Where an offset of 0 stands; of xxd and tcpdump any, since their colon is in no hex that is meant as such. */
function firstLineOf(line: string): DumpLine | undefined {
  for (const [form] of OFFSETS) {
    const found = dumpLine(line, form)
    if (found === undefined) continue
    if (found.offset === 0) return found.rest.trim() === '' && form !== 'tcpdump' && form !== 'xxd' ? undefined : found
    // `0d0a0d0a: 000d…` is hex with a colon in it: no line of a dump begins there.
    if ((form === 'tcpdump' || form === 'xxd') && found.offset % 16 === 0) return found
  }
  return undefined
}

function dumpLine(line: string, form: DumpForm): DumpLine | undefined {
  const pattern = OFFSETS.find(([each]) => each === form)?.[1]
  const found = pattern?.exec(line.slice(0, LOOKED_AT))
  const [offset, digits] = found ?? []
  if (offset === undefined || digits === undefined) return undefined
  return { form, offset: Number.parseInt(digits, 16), rest: line.slice(offset.length) }
}

interface Columns {
  readonly bytes: Buffer
  readonly fault?: string
}

/** The bytes of one line: groups of digits, and behind two blanks the same as text, which says nothing new. */
function readColumns(rest: string, form: DumpForm): Columns {
  const column = form === 'hexdump' ? rest.replace(/\|.*$/, '') : (rest.trimStart().split(/ {2,}|\t/, 1)[0] ?? '')
  const groups = column.split(/\s+/).filter((group) => group !== '')
  const wrong = groups.find((group) => !/^(?:[0-9a-f]{2})+$/i.test(group))
  if (wrong !== undefined)
    return {
      bytes: NOTHING,
      fault: `${JSON.stringify(wrong.slice(0, 40))} is not hex, or its columns have run together`,
    }
  if (groups.length > 1 && groups.every((group) => /^[01]{8}$/.test(group)))
    return { bytes: NOTHING, fault: 'its bytes are written as bits; use xxd without -b' }
  return { bytes: Buffer.from(groups.join(''), 'hex') }
}

const NOTHING = Buffer.alloc(0)
