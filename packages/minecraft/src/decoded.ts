import type { Malformed } from './errors.ts'

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

export function decoded<Value>(value: Value, consumedBytes: number): Decoded<Value> {
  return { kind: 'decoded', value, consumedBytes }
}

export function incomplete(atLeastBytes: number): Incomplete {
  return { kind: 'incomplete', atLeastBytes }
}
