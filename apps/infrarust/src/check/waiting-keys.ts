import type { KeyInForce } from './keys-in-force.ts'

/** A key that is written otherwise than it is in force. */
export interface WaitingKey {
  readonly key: string
  /** Null where it is withheld, or not there. */
  readonly in_force: unknown
  readonly written: unknown
}

/**
 * What waits for the next start, key by key.
 *
 * @param started the keys as they were at the start: of those that wait it is what is in force
 * @param written the same as they are written now
 * @param names what waits, as a reload names it: a key, or `bind` and `listener` for the addresses of all listeners
 */
export function waitingKeys(
  started: readonly KeyInForce[],
  written: readonly KeyInForce[],
  names: readonly string[],
): readonly WaitingKey[] {
  const before = new Map(started.map((each) => [each.key, each]))
  const after = new Map(written.map((each) => [each.key, each]))
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => names.some((name) => isNamed(key, name)))
    .map((key) => ({ key, in_force: before.get(key)?.value ?? null, written: after.get(key)?.value ?? null }))
    .filter(({ key, in_force, written: now }) => isSecret(key) || JSON.stringify(in_force) !== JSON.stringify(now))

  function isSecret(key: string): boolean {
    return before.get(key)?.withheld === true || after.get(key)?.withheld === true
  }
}

/** What a listener says about headers is taken over at once; its address and its name are not. */
function isNamed(key: string, name: string): boolean {
  if (name === 'bind' || name === 'listener') return /^(bind|listener|listener\[\d+\]\.(bind|name))$/.test(key)
  return key === name || key.startsWith(`${name}.`) || key.startsWith(`${name}[`)
}
