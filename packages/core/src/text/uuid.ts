/** With its dashes or without any, in capitals or small letters. */
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i

export function isUuid(text: string): boolean {
  return UUID.test(text)
}

/** The one form of a UUID, with dashes and small letters; undefined where the text is none. Blanks around it are left out. */
export function canonicalUuid(text: string): string | undefined {
  const trimmed = text.trim()
  if (!isUuid(trimmed)) return undefined
  const hex = trimmed.replaceAll('-', '').toLowerCase()
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
