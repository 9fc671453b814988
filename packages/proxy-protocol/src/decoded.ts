import type { Malformed } from './errors.ts'
import type { Header } from './header.ts'

/** What the bytes received so far amount to; offsets count from the first byte of the header. */
export type Decoded =
  | { readonly kind: 'header'; readonly header: Header; readonly headerBytes: number }
  /** No header can be complete before `atLeastBytes` in all; asking earlier can only bring a refusal. */
  | { readonly kind: 'incomplete'; readonly atLeastBytes: number }
  | Malformed
