import { cutBanned, type Gateway } from '@infrarust/core'
import { type Ban, type BanChange, type BanStore, namesOf } from '@infrarust/core/ban-store'
import type { Logger } from 'pino'
import { namesText } from '../ban/names-text.ts'
import { addressShortener, type ShownAddress } from '../log/shown-address.ts'
import type { Config } from '../program-keys.ts'
import type { Part } from './part.ts'

/** Whether each change has a line. */
interface BanLogConfig {
  readonly ban: Pick<Config['ban'], 'isLogged'>
  readonly log: Pick<Config['log'], 'addresses'>
}

/** Ends the connections of whoever is banned from now on, by this process or beside it, and logs each change. */
export class BanEnforcement implements Part {
  readonly #gateway: Pick<Gateway, 'cutEach'>
  readonly #logger: Logger
  #isLogged: boolean
  #shorten: ShownAddress | undefined

  constructor(config: BanLogConfig, store: BanStore, gateway: Pick<Gateway, 'cutEach'>, logger: Logger) {
    this.#isLogged = config.ban.isLogged
    this.#shorten = addressShortener(config.log)
    this.#gateway = gateway
    this.#logger = logger
    store.onChange((change) => this.#enforce(change))
  }

  useConfig({ ban, log }: BanLogConfig): void {
    this.#isLogged = ban.isLogged
    this.#shorten = addressShortener(log)
  }

  #enforce({ added, removed }: BanChange): void {
    const logger = this.#logger
    const cut = cutBanned(this.#gateway, added, Date.now())
    if (!this.#isLogged) return
    if (added.length + removed.length > MAX_LINES) {
      const counts = { banned: added.length, unbanned: removed.length }
      logger.info({ event: 'bans', ...counts }, `bans added: ${counts.banned}, removed: ${counts.unbanned}`)
    } else {
      for (const ban of added) logger.info(this.#fields('ban', ban), `banned ${this.#sentence(ban)}`)
      for (const ban of removed) logger.info(this.#fields('unban', ban), `no longer banned: ${this.#sentence(ban)}`)
    }
    if (cut > 0) logger.info({ event: 'bans', cut }, `connections of banned clients ended: ${cut}`)
  }

  #fields(event: string, ban: Ban): object {
    const { target, playerName, otherNames, reason, source, expiresAt } = ban
    return {
      event,
      target: this.#targetText(ban),
      target_type: target.type,
      ...(playerName !== undefined && { player: playerName }),
      ...(otherNames !== undefined && { other_names: otherNames }),
      ...(reason !== undefined && { ban_reason: reason }),
      source,
      ...(expiresAt !== undefined && { expires_at: new Date(expiresAt).toISOString() }),
    }
  }

  #sentence(ban: Ban): string {
    const { target, reason, source } = ban
    const names = namesOf(ban)
    const uuid = names.length === 0 ? 'holds where the proxy authenticates players' : `enforced by ${namesText(names)}`
    const about = target.type === 'uuid' ? ` (${uuid})` : ''
    const shown = this.#targetText(ban)
    // What is banned is one address, or a smaller network than the one that is shown.
    const what = shown === target.value ? shown : `something in ${shown}`
    return `${what}${about} by ${source}${reason === undefined ? '' : `: ${reason}`}`
  }

  #targetText({ target: { type, value } }: Ban): string {
    if ((type !== 'ip' && type !== 'cidr') || this.#shorten === undefined) return value
    const [address = value, prefix] = value.split('/')
    const shown = this.#shorten(address)
    const shownPrefix = Number(shown.split('/')[1] ?? 0)
    return prefix !== undefined && Number(prefix) <= shownPrefix ? value : shown
  }
}

/** A longer change is only counted: an import would fill the log with what its file says as well. */
const MAX_LINES = 100
