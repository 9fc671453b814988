/** Whose PROXY headers a listener believes. Null: there is no list. */
export function trustedText(trusted: readonly string[] | null): string {
  return trusted === null ? 'everybody' : trusted.join(', ') || 'nobody'
}
