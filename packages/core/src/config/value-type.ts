/** A kind of value that a key can hold: how it is read from TOML, from a label, and described to people and editors. */
export interface ValueType<T> {
  /** For the reference tables: `duration`, `list of networks`. */
  readonly name: string
  /** Reads what the TOML parser gives. Never throws, whatever the value. */
  read(written: unknown): Reading<T>
  /** What the text of a label would be in TOML; a text that is none comes back as it is, and `read` refuses it. */
  fromText(text: string): unknown
  readonly schema: JsonSchema
}

/** `fault` continues a sentence that begins with the key: `is "25565x"; a port is a number from 1 to 65535`. */
export type Reading<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'fault'; readonly fault: string }

/** The part of JSON Schema (draft 2020-12) that the value types need. */
export interface JsonSchema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
}

/** What `read` returns for a value that it takes. */
export function gives<T>(value: T): Reading<T> {
  return { kind: 'value', value }
}

/** @param accepted what would be right, as a clause of its own: `write true or false` */
export function isNot(written: unknown, accepted: string): { readonly kind: 'fault'; readonly fault: string } {
  return { kind: 'fault', fault: `is ${show(written)}; ${onOneLine(accepted)}` }
}

/** It may quote a part of what was written: a label's text can hold anything, and a log has one line for a message. */
function onOneLine(accepted: string): string {
  return shorten(accepted.replaceAll(/\p{Cc}/gu, ' '), 300)
}

const SHOWN_CHARACTERS = 60

/** A value as the operator would recognise it, on one line and short, without a password that stands in an address. */
export function show(written: unknown): string {
  if (typeof written === 'string') return JSON.stringify(shorten(withoutPassword(written), SHOWN_CHARACTERS))
  if (Array.isArray(written)) return 'a list'
  if (written instanceof Date) return 'a date'
  if (typeof written === 'object' && written !== null) return 'a table'
  return String(written)
}

/** `tcp://user:password@host`: it goes into the log, which more people read than the configuration. */
export function withoutPassword(text: string): string {
  return text.replaceAll(/(:\/\/[^/?#@\s:]*:)[^/?#\s]*@/g, '$1***@')
}

function shorten(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters)}…`
}
