/** Who a player is, by the word of a session server. */
export interface Profile {
  /** With dashes, lower case. */
  readonly uuid: string
  /** In the case that the player has chosen, whatever the client wrote. */
  readonly name: string
  /** The skin, mostly, signed by the session server. */
  readonly properties: readonly ProfileProperty[]
}

/** A property as it goes to backends: nothing in it is looked at. */
export interface ProfileProperty {
  readonly name: string
  readonly value: string
  readonly signature?: string | undefined
}

/** Reads the answer of a session server; undefined where it is no profile. */
export function readProfile(json: string): Profile | undefined {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return undefined
  }
  if (!isRecord(value)) return undefined
  const { id, name, properties = [] } = value
  if (typeof id !== 'string' || typeof name !== 'string' || !Array.isArray(properties)) return undefined
  const uuid = withDashes(id)
  const read = properties.map(readProperty)
  if (uuid === undefined || !NAME.test(name) || !read.every((property) => property !== undefined)) return undefined
  return { uuid, name, properties: read }
}

/**
 * What a session server may call a player: printable ASCII, since that is what a game server takes. Mojang itself issues
 * letters, digits and underscores; other issuers have more.
 */
const NAME = /^[\x21-\x7e]{1,16}$/

function readProperty(value: unknown): ProfileProperty | undefined {
  if (!isRecord(value)) return undefined
  const { name, value: text, signature } = value
  if (typeof name !== 'string' || typeof text !== 'string') return undefined
  if (signature === undefined || signature === null) return { name, value: text }
  return typeof signature === 'string' ? { name, value: text, signature } : undefined
}

function withDashes(id: string): string | undefined {
  const digits = /^[0-9a-f]{32}$/i.test(id) ? id : id.replaceAll('-', '')
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i.exec(digits)
  return parts?.slice(1).join('-').toLowerCase()
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
