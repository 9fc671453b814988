import type { MalformedCode } from './errors.ts'

/** What the bytes received so far amount to. Offsets and lengths count from the first byte that was passed in. */
export type Decoded<Value> =
  | { readonly kind: 'decoded'; readonly value: Value; readonly consumedBytes: number }
  | Incomplete
  | Malformed

/** More bytes are needed; with fewer than `atLeastBytes` in total nothing can be complete. */
export interface Incomplete {
  readonly kind: 'incomplete'
  readonly atLeastBytes: number
}

/** The bytes cannot become valid any more; `offset` is that of the field or byte that decided it. */
export interface Malformed {
  readonly kind: 'malformed'
  readonly code: MalformedCode
  readonly offset: number
}

export function decoded<Value>(value: Value, consumedBytes: number): Decoded<Value> {
  return { kind: 'decoded', value, consumedBytes }
}

export function incomplete(atLeastBytes: number): Incomplete {
  return { kind: 'incomplete', atLeastBytes }
}

export function malformed(code: MalformedCode, offset: number): Malformed {
  return { kind: 'malformed', code, offset }
}
