import { type ServerDefinition, validateServer } from '@infrarust/core/provider'
import type { Defined } from './definitions.ts'

/**
 * Remembers at which address each server was good last. The registry keeps the last good version of a server whose labels
 * are wrong now; but a container that was recreated may have another address, and the old one may be another container's.
 */
export class LastAddresses {
  #byKey: ReadonlyMap<string, string> = new Map()

  /** Servers with problems stay online only where their last good version leads to the container that they are about. */
  judge(all: readonly Defined[]): readonly ServerDefinition[] {
    const before = this.#byKey
    const now = new Map<string, string>()
    const judged = all.map(({ definition, address }): ServerDefinition => {
      const { key, values } = definition
      const last = before.get(key)
      const isGood = isAccepted(definition)
      const remembered = isGood ? (address ?? last) : last
      if (remembered !== undefined) now.set(key, remembered)
      if (!isGood) return address !== undefined && address === last ? definition : { ...definition, state: 'offline' }
      // A container that is not up has no address; the last one is shown, never dialled, and still there if it comes to
      // its last good version. One that sleeps is dialled as soon as it answers, and what answers at its last address may
      // be another one.
      const needsLast = definition.state !== 'online' && !('addresses' in values) && remembered !== undefined
      return needsLast ? { ...definition, values: { ...values, addresses: [remembered] } } : definition
    })
    this.#byKey = now
    return judged
  }
}

/** By the registry, which judges it again and tells what is wrong. */
function isAccepted(definition: ServerDefinition): boolean {
  const { problems = [] } = definition
  return problems.length === 0 && 'server' in validateServer(definition, 'docker')
}
