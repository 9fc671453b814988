/** Whose PROXY headers a listener believes, beside its list. */
export interface AlsoTrusted {
  readonly file?: string | undefined
  /** It is a Unix socket: its mode says who may open it. */
  readonly isUnix?: boolean
  /** What each name of the list stands for, where that is known. */
  readonly names?: readonly { readonly name: string; readonly addresses: readonly string[] }[] | undefined
}

/** As many addresses of a name as a line of a table has room for. */
const SHOWN_ADDRESSES = 4

/** Whose PROXY headers a listener believes. Null: there is no list. */
export function trustedText(
  trusted: readonly string[] | null,
  { file, isUnix = false, names = [] }: AlsoTrusted = {},
): string {
  if (isUnix) return 'whoever may open it (mode 0660)'
  if (trusted === null && file === undefined) return 'everybody'
  const entries = (trusted ?? []).map((entry) => {
    const known = names.find(({ name }) => name === entry)
    return known === undefined ? entry : `${entry} (${addressesText(known.addresses)})`
  })
  if (file !== undefined) entries.push(`file ${file}`)
  return entries.join(', ') || 'nobody'
}

/** What a name stands for, at a glance. */
export function addressesText(addresses: readonly string[]): string {
  const shown = addresses.slice(0, SHOWN_ADDRESSES).join(', ')
  const rest = addresses.length - SHOWN_ADDRESSES
  return rest > 0 ? `${shown} and ${rest} more` : shown || 'nobody now'
}
