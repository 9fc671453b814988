import type { IsAttempted } from '@infrarust/core'
import {
  boolean,
  choice,
  gives,
  isNot,
  type KeyTable,
  keyTable,
  list,
  type Problem,
  text,
  type ValueType,
} from '@infrarust/core/provider'
import { EVENT_KINDS, type EventKind } from '../events/event-kinds.ts'

/** One of `[[webhook]]`: where events are sent to. */
export interface WebhookConfig {
  /** Undefined where it was forgotten, which is told. */
  readonly url: string | undefined
  readonly events: readonly EventKind[]
  /** Signs what is sent. */
  readonly secret: string | undefined
  readonly format: 'json' | 'discord'
  readonly hasAddresses: boolean
}

/** What webhooks take of `infrarust.toml`. */
export interface WithWebhooks {
  readonly webhooks: readonly WebhookConfig[]
}

const ACCEPTED = 'write where to send it, such as "https://example.com/hook"'

const hookUrl: ValueType<string> = {
  name: 'URL',
  read(written) {
    if (typeof written !== 'string') return isNot(written, ACCEPTED)
    const url = URL.parse(written.trim())
    const isFine = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
    // What it holds may be a secret, and is not quoted.
    return isFine
      ? gives(url.href)
      : { kind: 'fault', fault: `is no address of a web server without a password; ${ACCEPTED}` }
  },
  fromText: (label) => label,
  schema: { type: 'string' },
}

const webhookKeys: KeyTable<WebhookConfig> = keyTable<WebhookConfig>({
  url: {
    kind: 'key',
    from: 'operator',
    name: 'url',
    type: hookUrl,
    default: undefined,
    absent: 'must be written',
    description: 'Each event is sent there with POST. Redirects are not followed.',
    example: 'https://example.com/hook',
    reload: 'live',
    isSecret: true,
  },
  events: {
    kind: 'key',
    from: 'operator',
    name: 'events',
    type: list(choice(EVENT_KINDS), 'events', { minLength: 1 }),
    default: ['server.state_change', 'config.reload', 'ban.created', 'ban.removed'],
    description: 'Which events are sent.',
    example: ['player.join', 'player.leave'],
    reload: 'live',
  },
  secret: {
    kind: 'key',
    from: 'operator',
    name: 'secret',
    type: text({ maxLength: 512 }),
    default: undefined,
    absent: 'not signed',
    description: 'Signs body and time, so that the receiver knows who has sent them and when.',
    example: 'a-long-text-that-nobody-guesses',
    reload: 'live',
    isSecret: true,
  },
  format: {
    kind: 'key',
    from: 'operator',
    name: 'format',
    type: choice(['json', 'discord']),
    default: 'json',
    description: '`discord` is a sentence for a channel there.',
    example: 'discord',
    reload: 'live',
  },
  hasAddresses: {
    kind: 'key',
    from: 'operator',
    name: 'include_addresses',
    type: boolean,
    default: false,
    description: 'Whether addresses of players are sent; else each is left out or reads `(address)`.',
    example: true,
    reload: 'live',
  },
})

/** `[[webhook]]` of `infrarust.toml`. */
export const webhookTable: KeyTable<WithWebhooks> = keyTable<WithWebhooks>({
  webhooks: {
    kind: 'tables',
    name: 'webhook',
    description: 'Tells another program what happens.',
    table: webhookKeys,
  },
})

/** Without a place to send to there is nothing to send. A `url` that is there and wrong, or misspelt, has its problem already. */
export function webhooksHaveUrls({ webhooks }: WithWebhooks, isAttempted: IsAttempted): readonly Problem[] {
  return webhooks.flatMap(({ url }, index) => {
    const path = ['webhook', String(index), 'url']
    if (url !== undefined || isAttempted(path)) return []
    return [{ path, message: `webhook[${index}] has no url to send to; ${ACCEPTED}` }]
  })
}
