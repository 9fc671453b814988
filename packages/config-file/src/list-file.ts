import { DEFAULT_FOLLOW_TIMINGS, type FollowTimings, followSource } from './follow-source.ts'
import { readBoundedFileSync } from './read-bounded-file.ts'
import { isPassing, reasonOf } from './system-error.ts'
import { shownPath } from './toml-file.ts'
import { isUtf16 } from './utf16.ts'
import { planWatch, type WatchPlan } from './watch-plan.ts'

/** What a list of one kind makes of a file. */
export interface ListForm<File> {
  readonly ofText: (path: string, text: string) => File
  /** @param problem one line that begins with the file: why it could not be read at all */
  readonly unread: (problem: string) => File
}

/** How a list is followed. */
export interface FollowListOptions<File> {
  /** Absolute. */
  readonly path: string
  /** Called with the first content at once, and with each other one. */
  readonly onRead: (file: File) => void
  /** Something that the operator should know and that changes nothing. */
  readonly report: (message: string) => void
  readonly signal: AbortSignal
  readonly timings?: Partial<FollowTimings>
}

/** A list that is followed. */
export interface FollowedList {
  /** Reads it again at once; resolves when that is done. */
  readNow(): Promise<void>
}

/** A million networks. Longer than any list that is published, and short enough to be read at once. */
const LONGEST_FILE_BYTES = 16 * 1_048_576

/**
 * Follows a list. Its folder is watched, so that one that is replaced by a rename is noticed.
 *
 * It is read at once, before this returns: between a filter and its list there must be no moment in which the filter lets
 * everybody in, or nobody.
 */
export function followList<File>(form: ListForm<File>, options: FollowListOptions<File>): FollowedList {
  const { path, signal, report } = options
  let last: string | undefined
  const read = (): 'done' | 'passing' => {
    const content = contentOf(path)
    const text = content.kind === 'text' ? content.text : content.problem
    const outcome = content.kind === 'problem' && content.isPassing ? 'passing' : 'done'
    if (signal.aborted || text === last) return outcome
    last = text
    options.onRead(content.kind === 'text' ? form.ofText(path, content.text) : form.unread(content.problem))
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
export function readListFile<File>(form: ListForm<File>, path: string): File {
  const content = contentOf(path)
  return content.kind === 'text' ? form.ofText(path, content.text) : form.unread(content.problem)
}

type Content =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: string; readonly isPassing: boolean }

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

/** Lines of a list about which there is something to say. */
interface NotedLines {
  readonly count: number
  readonly first: readonly { readonly line: number; readonly hint: string }[]
}

/** One message however much is wrong: the first line of it, the numbers of some others, and how many more there are. */
export function linesWith(path: string, { count, first: [first, ...others] }: NotedLines): string | undefined {
  if (first === undefined) return undefined
  const shown = others.map(({ line }) => line).join(', ')
  const more = count - 1 - others.length
  const rest = more === 0 ? '' : ` and ${more} more`
  const also = others.length === 0 ? '' : ` (and ${count === 2 ? 'line' : 'lines'} ${shown}${rest})`
  return `${shownPath(path)}:${first.line}: ${first.hint}${also}`
}
