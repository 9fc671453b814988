import { isDeepStrictEqual } from 'node:util'
import type {
  AddedBans,
  AuditEntry,
  Ban,
  BanChange,
  BanEnd,
  BanStore,
  Bans,
  BanTarget,
} from '@infrarust/core/ban-store'

/** A ban store whose place is taken by another one while connections ask it. */
export class MovableBans implements BanStore {
  #store: BanStore
  readonly #listeners: ((change: BanChange) => void)[] = []
  readonly bans: Bans = new BansOfTheMoment(() => this.#store.bans)

  constructor(store: BanStore) {
    this.#store = store
    this.#follow(store)
  }

  /**
   * Has another store's bans in force from now on, and tells what that changes as if it had been done in one store.
   *
   * @returns the store of before, for its owner to close
   */
  moveTo(next: BanStore): BanStore {
    const before = this.#store
    this.#store = next
    this.#follow(next)
    this.#tell(changeBetween(before.bans, next.bans, Date.now()))
    return before
  }

  add(bans: readonly Ban[], by: string, end?: BanEnd): Promise<AddedBans> {
    return this.#inForce((store) => store.add(bans, by, end))
  }

  remove(targets: readonly BanTarget[], by: string): Promise<readonly Ban[]> {
    return this.#inForce((store) => store.remove(targets, by))
  }

  audit(limit: number, target?: BanTarget): Promise<readonly AuditEntry[]> {
    return this.#store.audit(limit, target)
  }

  onChange(listener: (change: BanChange) => void): void {
    this.#listeners.push(listener)
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  /** What is acknowledged is in force: a write that was overtaken by a move is made once more, where that has led. */
  async #inForce<Result>(write: (store: BanStore) => Promise<Result>): Promise<Result> {
    const store = this.#store
    const result = await write(store)
    return store === this.#store ? result : this.#inForce(write)
  }

  #follow(store: BanStore): void {
    store.onChange((change) => {
      // One that was left may still finish a write: what it says is no longer in force.
      if (store === this.#store) this.#tell(change)
    })
  }

  #tell(change: BanChange): void {
    for (const listener of this.#listeners) listener(change)
  }
}

/** Whatever store has them now. */
class BansOfTheMoment implements Bans {
  readonly #bans: () => Bans

  constructor(bans: () => Bans) {
    this.#bans = bans
  }

  get isEmpty(): boolean {
    return this.#bans().isEmpty
  }

  get(target: BanTarget): Ban | undefined {
    return this.#bans().get(target)
  }

  forClient(address: string, now: number): Ban | undefined {
    return this.#bans().forClient(address, now)
  }

  forPlayer(name: string, now: number): Ban | undefined {
    return this.#bans().forPlayer(name, now)
  }

  list(now: number): readonly Ban[] {
    return this.#bans().list(now)
  }
}

function changeBetween(before: Bans, after: Bans, now: number): BanChange {
  return {
    added: after.list(now).filter((ban) => !isDeepStrictEqual(ban, before.get(ban.target))),
    removed: before.list(now).filter(({ target }) => after.get(target) === undefined),
  }
}
