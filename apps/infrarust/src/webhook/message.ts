import { createHmac } from 'node:crypto'
import type { ProxyEvent } from '../events/proxy-event.ts'
import { sentence } from './sentence.ts'
import type { WebhookConfig } from './webhook-keys.ts'
import { withoutAddresses } from './without-addresses.ts'

/** What is sent for one event. */
export interface Message {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** The most that Discord takes. */
const MAX_CONTENT = 2_000

/** The body for an event, in the format of the webhook. */
export function bodyOf(event: ProxyEvent, missed: number, { format, hasAddresses }: WebhookConfig): string {
  const shown = hasAddresses ? event : withoutAddresses(event)
  if (format === 'json') return JSON.stringify({ ...shown, ...(missed > 0 && { missed }) })
  const more = missed > 0 ? `\n(${missed} events before this one could not be sent)` : ''
  // Half of a character that is cut off there would be refused.
  const content = `${sentence(shown)}${more}`.slice(0, MAX_CONTENT).toWellFormed()
  return JSON.stringify({ content, allowed_mentions: { parse: [] } })
}

/**
 * A body with its headers. With a secret it is signed together with the time, so that nobody can send it again later.
 *
 * @param atSeconds since 1970, of this try
 */
export function signed(body: string, secret: string | undefined, atSeconds: number): Message {
  const headers = { 'content-type': 'application/json', 'user-agent': 'infrarust' }
  if (secret === undefined) return { body, headers }
  const signature = createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex')
  return {
    body,
    headers: { ...headers, 'x-infrarust-timestamp': String(atSeconds), 'x-infrarust-signature': `sha256=${signature}` },
  }
}
