/**
 * Whose PROXY headers a listener believes. Null: there is no list.
 *
 * @param isUnix whether it is a Unix socket: who may open it is said by its mode
 */
export function trustedText(trusted: readonly string[] | null, isUnix: boolean): string {
  if (isUnix) return 'whoever may open it (mode 0660)'
  return trusted === null ? 'everybody' : trusted.join(', ') || 'nobody'
}
