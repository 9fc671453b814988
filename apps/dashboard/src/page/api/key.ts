const NAME = 'infrarust.key'

/** The key of this tab. It is gone with the tab, other pages cannot read it, and it never stands in a URL or a cookie. */
export function keptKey(): string | undefined {
  return sessionStorage.getItem(NAME) ?? undefined
}

export function keepKey(key: string): void {
  sessionStorage.setItem(NAME, key)
}

export function forgetKey(): void {
  sessionStorage.removeItem(NAME)
}
