import { resolve } from 'node:path'
import { type KeyTable, type Problem, pathText, rowAt, show } from '@infrarust/core/provider'
import type { Environment } from '../environment/read-environment.ts'
import { valueOfText } from '../given-text.ts'
import { type BoundedFile, readBoundedFile } from '../read-bounded-file.ts'
import { isPassing, reasonOf } from '../system-error.ts'
import { shownPath } from '../toml-file.ts'
import { isUtf16 } from '../utf16.ts'
import type { Written } from '../written.ts'
import { OPENING, type Piece, scanReferences } from './scan.ts'

/** Values in which each `${…}` is replaced by what it names. */
export interface Replaced {
  /** A text whose reference could not be followed is there as it was written. */
  readonly values: Written
  /** Where something was replaced, and by what. */
  readonly references: readonly Reference[]
  /** One for each key with a reference that cannot be followed. */
  readonly problems: readonly Problem[]
  /** Absolute: files that the references name, read or not. */
  readonly files: readonly string[]
  /** Whether a file could not be read just now for want of something that there will be again. */
  readonly isPassing: boolean
}

/** What a key takes from elsewhere. */
export interface Reference {
  readonly path: readonly string[]
  /** `${PORT}`, `${file:/run/secrets/password}`, in their order. */
  readonly names: readonly string[]
  /** Whether a file is among them: what stands in a file of its own is mostly there to be seen by nobody. */
  readonly isWithheld: boolean
}

export interface ReplaceOptions {
  /** Says what a key wants: a text that is replaced is a number or a list where the key wants one. */
  readonly table: KeyTable<unknown>
  /** Where relative paths begin. */
  readonly folder: string
  readonly environment: Environment
}

/**
 * Replaces `${NAME}` and `${file:path}` in the texts of a file that the operator has written, once: what a variable or a file
 * holds is taken as it is, so that whoever writes that cannot name another one.
 */
export async function replaceReferences(values: Written, options: ReplaceOptions): Promise<Replaced> {
  // What a file names is mostly nothing.
  if (!holdsReference(values)) return { values, references: [], problems: [], files: [], isPassing: false }
  const replacing = new Replacing(options)
  const replaced = await replacing.table(values, [])
  const { references, problems, isPassing } = replacing
  return { values: replaced, references, problems, files: [...replacing.files.keys()], isPassing }
}

function holdsReference(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(OPENING)
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsReference)
}

/** Of one file: a password, a certificate, a line of text. */
const LONGEST_FILE_BYTES = 65_536
/** Of all texts of one TOML file together; as long as the file itself may be. */
const MOST_CHARACTERS = 1_048_576

/** What a reference gives, or why it gives nothing. */
type Given = { readonly text: string } | { readonly fault: string }

class Replacing {
  readonly references: Reference[] = []
  readonly problems: Problem[] = []
  readonly files = new Map<string, Given>()
  isPassing = false
  readonly #options: ReplaceOptions
  #charactersLeft = MOST_CHARACTERS

  constructor(options: ReplaceOptions) {
    this.#options = options
  }

  async table(values: Written, path: readonly string[]): Promise<Written> {
    const entries: [string, unknown][] = []
    for (const [name, value] of Object.entries(values)) entries.push([name, await this.#value(value, [...path, name])])
    return Object.fromEntries(entries)
  }

  async #value(value: unknown, path: readonly string[]): Promise<unknown> {
    if (typeof value === 'string') return value.includes(OPENING) ? await this.#text(value, path) : value
    if (typeof value !== 'object' || value === null || value instanceof Date) return value
    if (!Array.isArray(value)) return await this.table(Object.fromEntries(Object.entries(value)), path)
    const elements: unknown[] = []
    for (const [index, element] of value.entries()) elements.push(await this.#value(element, [...path, String(index)]))
    return elements
  }

  async #text(written: string, path: readonly string[]): Promise<unknown> {
    const pieces = scanReferences(written)
    const names: string[] = []
    let text = ''
    for (const piece of pieces) {
      const given = await this.#given(piece)
      if ('fault' in given) {
        this.problems.push({ path, message: `${pathText(path)} ${given.fault}` })
        return written
      }
      text += given.text
      if (piece.kind !== 'text') names.push(nameOf(piece))
    }
    this.#charactersLeft -= text.length
    if (this.#charactersLeft < 0) {
      this.problems.push({ path, message: `${pathText(path)} and what is named before it are longer than 1 MiB` })
      return written
    }
    if (names.length === 0) return text
    this.references.push({ path, names, isWithheld: pieces.some(({ kind }) => kind === 'file') })
    return this.#asWanted(text, path)
  }

  /** `max_connections = "${MOST}"` is the number, `trusted = "${TRUSTED}"` the list that the variable holds. */
  #asWanted(text: string, path: readonly string[]): unknown {
    const row = rowAt(this.#options.table, path)
    if (row?.kind !== 'key' || row.type.read(text).kind === 'value') return text
    const value = valueOfText(row.type, text)
    return row.type.read(value).kind === 'value' ? value : text
  }

  async #given(piece: Piece): Promise<Given> {
    switch (piece.kind) {
      case 'text':
        return piece
      case 'malformed':
        return {
          fault: `holds ${show(piece.text)}, which names nothing: write \${NAME} or \${file:path}, or $\${ for \${ itself`,
        }
      case 'variable': {
        const { environment } = this.#options
        const text = Object.hasOwn(environment, piece.name) ? environment[piece.name] : undefined
        return text === undefined ? { fault: `names ${nameOf(piece)}, which is not set in the environment` } : { text }
      }
      case 'file':
        return await this.#fileNamed(resolve(this.#options.folder, piece.path))
    }
  }

  async #fileNamed(path: string): Promise<Given> {
    const known = this.files.get(path)
    if (known !== undefined) return known
    const file = await readBoundedFile(path, LONGEST_FILE_BYTES)
    if (file.kind === 'unreadable' && isPassing(file.cause)) this.isPassing = true
    const given = contentOf(path, file)
    this.files.set(path, given)
    return given
  }
}

function contentOf(path: string, file: BoundedFile): Given {
  const fault = (why: string): Given => ({ fault: `names the file ${shownPath(path)}, which ${why}` })
  switch (file.kind) {
    case 'missing':
      return fault('is not there')
    case 'irregular':
      return fault('is no regular file')
    case 'too-long':
      return fault('is longer than 64 KiB')
    case 'unreadable':
      return fault(`cannot be read: ${reasonOf(file.cause)}`)
    case 'bytes':
      if (isUtf16(file.bytes)) return fault('is UTF-16; save it as UTF-8')
      try {
        // Drops a byte order mark. The line end is that of the editor, or of echo.
        return { text: new TextDecoder('utf-8', { fatal: true }).decode(file.bytes).replace(/\r?\n$/, '') }
      } catch {
        return fault('is not UTF-8')
      }
  }
}

function nameOf(piece: Exclude<Piece, { kind: 'text' }>): string {
  switch (piece.kind) {
    case 'variable':
      return `\${${piece.name}}`
    case 'file':
      return `\${file:${piece.path}}`
    case 'malformed':
      return piece.text
  }
}
