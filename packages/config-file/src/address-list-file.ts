import { type AddressListFaults, type Cidr, readAddressList } from '@infrarust/core'
import { DEFAULT_FOLLOW_TIMINGS, type FollowTimings, followSource } from './follow-source.ts'
import { readBoundedFileSync } from './read-bounded-file.ts'
import { isPassing, reasonOf } from './system-error.ts'
import { shownPath } from './toml-file.ts'
import { isUtf16 } from './utf16.ts'
import { planWatch, type WatchPlan } from './watch-plan.ts'

/** What a file of addresses and networks amounts to. */
export type AddressListFile = (
  | { readonly kind: 'list' }
  /** `problem` is one line and begins with file and line. */
  | { readonly kind: 'problem'; readonly problem: string }
) & {
  /** Those that could be read. */
  readonly networks: readonly Cidr[]
  /** One line, beginning with file and line: what was understood, and is perhaps not what was meant. */
  readonly warning: string | undefined
}

export interface FollowAddressListOptions {
  /** Absolute. */
  readonly path: string
  /** Called with the first content at once, and with each other one. */
  readonly onRead: (file: AddressListFile) => void
  /** Something that the operator should know and that changes nothing. */
  readonly report: (message: string) => void
  readonly signal: AbortSignal
  readonly timings?: Partial<FollowTimings>
}

/** A million networks. Longer than any list that is published, and short enough to be read at once. */
const LONGEST_FILE_BYTES = 16 * 1_048_576

export interface FollowedAddressList {
  /** Reads it again at once; resolves when that is done. */
  readNow(): Promise<void>
}

/**
 * Follows a list: one address or network a line. Its folder is watched, so that one that is replaced by a rename is noticed.
 *
 * It is read at once, before this returns: between a filter and its list there must be no moment in which the filter lets
 * everybody in, or nobody.
 */
export function followAddressList(options: FollowAddressListOptions): FollowedAddressList {
  const { path, signal, report } = options
  let last: string | undefined
  const read = (): 'done' | 'passing' => {
    const content = contentOf(path)
    const text = content.kind === 'text' ? content.text : content.problem
    const outcome = content.kind === 'problem' && content.isPassing ? 'passing' : 'done'
    if (signal.aborted || text === last) return outcome
    last = text
    options.onRead(content.kind === 'text' ? judged(path, content.text) : unread(content.problem))
    return outcome
  }
  read()
  const plan = async (): Promise<WatchPlan> => {
    const names: WatchPlan = new Map()
    await planWatch(path, names)
    return names
  }
  const timings = { ...DEFAULT_FOLLOW_TIMINGS, ...options.timings }
  const source = { plan, isRelevant: () => false, read: async () => read() }
  return followSource(source, { signal, timings, report })
}

/** Reads a list once: for a check of the configuration. */
export function readAddressListFile(path: string): AddressListFile {
  const content = contentOf(path)
  return content.kind === 'text' ? judged(path, content.text) : unread(content.problem)
}

type Content =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: string; readonly isPassing: boolean }

function unread(problem: string): AddressListFile {
  return { kind: 'problem', problem, networks: [], warning: undefined }
}

function contentOf(path: string): Content {
  const name = shownPath(path)
  const problem = (why: string, isPassing = false): Content => ({
    kind: 'problem',
    problem: `${name}: ${why}`,
    isPassing,
  })
  const file = readBoundedFileSync(path, LONGEST_FILE_BYTES)
  switch (file.kind) {
    case 'missing':
      return problem('no such file')
    case 'irregular':
      return problem('is no regular file')
    case 'too-long':
      return problem('is longer than 16 MiB')
    case 'unreadable':
      return problem(`cannot be read: ${reasonOf(file.cause)}`, isPassing(file.cause))
    case 'bytes':
      if (isUtf16(file.bytes)) return problem('is UTF-16; save it as UTF-8')
      // Drops a byte order mark, which editors on Windows write.
      return { kind: 'text', text: new TextDecoder().decode(file.bytes) }
  }
}

/** One message however much is wrong: the first line of it, the numbers of some others, and how many more there are. */
function judged(path: string, text: string): AddressListFile {
  const { networks, faults, hostBits } = readAddressList(text)
  const problem = linesWith(path, faults)
  const also = linesWith(path, hostBits)
  const warning = also && `${also}: the network around it is taken`
  return problem === undefined ? { kind: 'list', networks, warning } : { kind: 'problem', problem, networks, warning }
}

function linesWith(path: string, { count, first: [first, ...others] }: AddressListFaults): string | undefined {
  if (first === undefined) return undefined
  const shown = others.map(({ line }) => line).join(', ')
  const more = count - 1 - others.length
  const rest = more === 0 ? '' : ` and ${more} more`
  const also = others.length === 0 ? '' : ` (and ${count === 2 ? 'line' : 'lines'} ${shown}${rest})`
  return `${shownPath(path)}:${first.line}: ${first.hint}${also}`
}
