import { type Allowed, AllowIndex } from '../players/allowed.ts'
import { knownPlayer } from '../players/known-player.ts'
import type { ClientFacts, IntentFacts, PlayerFacts, Refusal, RefusalTexts } from '../policy/facts.ts'
import type { Policy } from '../policy/policy.ts'
import type { MaintenanceConfig, ServerWithMaintenance } from './maintenance-keys.ts'

/** What was said when it was switched on. */
export interface MaintenanceTerms {
  /** Instead of the texts of the configuration. */
  readonly texts?: RefusalTexts
  /** Beside those whom the configuration allows. */
  readonly allow: readonly Allowed[]
}

/**
 * Which servers are in maintenance: nobody joins them but those who are allowed, and their entry in the server list says so.
 * Nothing of them is dialled for a ping, whoever sends it. Sessions go on.
 *
 * A server that was named has terms of its own; those of every server do not concern it.
 */
export class Maintenance implements Policy<ServerWithMaintenance> {
  readonly name = 'maintenance'
  /** `undefined` is every server. */
  readonly #inForce = new Map<string | undefined, InForce>()
  readonly #indexes = new WeakMap<readonly Allowed[], AllowIndex>()
  #config: MaintenanceConfig

  constructor(config: MaintenanceConfig) {
    this.#config = config
  }

  /** Takes effect for the next question, like all that follows. */
  use(config: MaintenanceConfig): void {
    this.#config = config
  }

  /** @param server an id; undefined is every server that has no terms of its own */
  begin(server: string | undefined, { texts, allow }: MaintenanceTerms): void {
    this.#inForce.set(server, {
      allow: new AllowIndex(allow),
      refusal: { reason: 'maintenance', ...(texts !== undefined && { texts }) },
    })
  }

  /** @returns whether it was in maintenance */
  end(server: string | undefined): boolean {
    return this.#inForce.delete(server)
  }

  /** Whether this server is, by its own terms or with every other. */
  isOn(server: string): boolean {
    return this.#of(server) !== undefined
  }

  /** A list ping, which is answered here. A login is asked for its name first. */
  admitToServer(
    _: ClientFacts,
    { intent }: IntentFacts,
    server: ServerWithMaintenance | undefined,
  ): Refusal | undefined {
    if (this.#inForce.size === 0 || server === undefined) return undefined
    return intent === 'status' || intent === 'legacy_status' ? this.#of(server.id)?.refusal : undefined
  }

  admitPlayer(
    client: ClientFacts,
    player: PlayerFacts,
    server: ServerWithMaintenance | undefined,
  ): Refusal | undefined {
    if (this.#inForce.size === 0 || server === undefined) return undefined
    return this.refusalFor(client.client.address, player, server)
  }

  /** It may have begun while the server, or its status, was waited for. */
  recheck(client: ClientFacts, player: PlayerFacts | undefined, server: ServerWithMaintenance): Refusal | undefined {
    if (this.#inForce.size === 0) return undefined
    return player === undefined ? this.#of(server.id)?.refusal : this.refusalFor(client.client.address, player, server)
  }

  /** Why this player may not be on this server now; undefined where it may. */
  refusalFor(address: string, player: PlayerFacts, server: ServerWithMaintenance): Refusal | undefined {
    const inForce = this.#of(server.id)
    if (inForce === undefined) return undefined
    const known = knownPlayer(player)
    const lists = [inForce.allow, this.#indexOf(this.#config.allow), this.#indexOf(server.maintenance.allow)]
    return lists.some((list) => list.has(address, known)) ? undefined : inForce.refusal
  }

  #of(server: string): InForce | undefined {
    return this.#inForce.get(server) ?? this.#inForce.get(undefined)
  }

  #indexOf(list: readonly Allowed[]): AllowIndex {
    const known = this.#indexes.get(list)
    if (known !== undefined) return known
    const index = new AllowIndex(list)
    this.#indexes.set(list, index)
    return index
  }
}

interface InForce {
  readonly allow: AllowIndex
  /** One object for all that it turns away. */
  readonly refusal: Refusal
}
