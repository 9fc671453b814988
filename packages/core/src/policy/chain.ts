import type { AccessRecord } from '../record/access-record.ts'
import type { ClientFacts, IntentFacts, PlayerFacts, Refusal } from './facts.ts'
import type { Policy } from './policy.ts'

/** Several policies as one: each stage asks those that have it, in order, until one refuses. */
export class PolicyChain<Server> {
  readonly #admitClient: readonly Method<Server, 'admitClient'>[]
  readonly #admitIntent: readonly Method<Server, 'admitIntent'>[]
  readonly #admitToServer: readonly Method<Server, 'admitToServer'>[]
  readonly #admitPlayer: readonly Method<Server, 'admitPlayer'>[]
  readonly #recheck: readonly Method<Server, 'recheck'>[]
  readonly #readmit: readonly Method<Server, 'readmit'>[]
  readonly #refused: readonly Method<Server, 'refused'>[]
  readonly #released: readonly Method<Server, 'released'>[]

  constructor(policies: readonly Policy<Server>[]) {
    this.#admitClient = having(policies, 'admitClient')
    this.#admitIntent = having(policies, 'admitIntent')
    this.#admitToServer = having(policies, 'admitToServer')
    this.#admitPlayer = having(policies, 'admitPlayer')
    this.#recheck = having(policies, 'recheck')
    this.#readmit = having(policies, 'readmit')
    this.#refused = having(policies, 'refused')
    this.#released = having(policies, 'released')
  }

  admitClient(client: ClientFacts): Refusal | undefined {
    for (const policy of this.#admitClient) {
      const refusal = policy.admitClient(client)
      if (refusal !== undefined) return this.#refuse(client, refusal)
    }
    return undefined
  }

  admitIntent(client: ClientFacts, intent: IntentFacts): Refusal | undefined {
    for (const policy of this.#admitIntent) {
      const refusal = policy.admitIntent(client, intent)
      if (refusal !== undefined) return this.#refuse(client, refusal)
    }
    return undefined
  }

  admitToServer(client: ClientFacts, intent: IntentFacts, server: Server | undefined): Refusal | undefined {
    for (const policy of this.#admitToServer) {
      const refusal = policy.admitToServer(client, intent, server)
      if (refusal !== undefined) return this.#refuse(client, refusal)
    }
    return undefined
  }

  admitPlayer(client: ClientFacts, player: PlayerFacts, server: Server | undefined): Refusal | undefined {
    for (const policy of this.#admitPlayer) {
      const refusal = policy.admitPlayer(client, player, server)
      if (refusal !== undefined) return this.#refuse(client, refusal)
    }
    return undefined
  }

  recheck(client: ClientFacts, player: PlayerFacts | undefined, server: Server): Refusal | undefined {
    for (const policy of this.#recheck) {
      const refusal = policy.recheck(client, player, server)
      if (refusal !== undefined) return this.#refuse(client, refusal)
    }
    return undefined
  }

  readmit(client: ClientFacts, server: Server): Refusal | undefined {
    for (const policy of this.#readmit) {
      const refusal = policy.readmit(client, server)
      if (refusal !== undefined) return this.#refuse(client, refusal)
    }
    return undefined
  }

  /** Tells all of them, those too that were not asked because an earlier one had refused. */
  released(client: ClientFacts, record: AccessRecord): void {
    for (const policy of this.#released) policy.released(client, record)
  }

  #refuse(client: ClientFacts, refusal: Refusal): Refusal {
    for (const policy of this.#refused) policy.refused(client, refusal)
    return refusal
  }
}

type Method<Server, Name extends keyof Policy<Server>> = Policy<Server> & Required<Pick<Policy<Server>, Name>>

function having<Server, Name extends Exclude<keyof Policy<Server>, 'name'>>(
  policies: readonly Policy<Server>[],
  method: Name,
): readonly Method<Server, Name>[] {
  return policies.filter((policy): policy is Method<Server, Name> => policy[method] !== undefined)
}
