import { printable } from '../print/printable.ts'

type Fields = Readonly<Record<string, unknown>>

/** An event as a sentence for a channel; names in it are text and no markup there. */
export function sentence(event: Fields): string {
  const say = (key: string): string => plain(event[key])
  switch (event.kind) {
    case 'player.join':
      return `**${say('player')}** joined ${say('server')}${from(event)}`
    case 'player.leave':
      return `**${say('player')}** left ${say('server')} (${say('cause')})`
    case 'connection.opened':
      return `A connection was opened on ${say('listener')}${from(event)}`
    case 'connection.refused':
      return `${who(event)} was refused (${say('reason')})${from(event)}`
    case 'connection.closed':
      return `${who(event)} is gone (${say('reason')})`
    case 'header.mismatch':
      return `PROXY header on listener ${say('listener')}: ${say('fault')}`
    case 'server.state_change':
      return `Server **${say('server')}** is ${event.after === null ? 'gone' : say('after')}`
    case 'config.reload':
      return event.ok === true
        ? `Configuration taken over: ${lines(event.changes)}`
        : `Configuration refused: ${lines(event.problems)}`
    case 'ban.created':
      return `Banned: **${targetOf(event)}** by ${say('source')}${event.reason === null ? '' : `: ${say('reason')}`}`
    case 'ban.removed':
      return `No longer banned: **${targetOf(event)}**`
    default:
      return plain(event.kind)
  }
}

function who(event: Fields): string {
  return event.player === undefined ? 'A connection' : `**${plain(event.player)}**`
}

function from({ client }: Fields): string {
  return client === undefined ? '' : ` from ${plain(client)}`
}

function targetOf({ target }: Fields): string {
  return typeof target === 'object' && target !== null && 'value' in target ? plain(target.value) : ''
}

function lines(value: unknown): string {
  return Array.isArray(value) && value.length > 0 ? value.map(plain).join('; ') : 'nothing changed'
}

/** Whoever chose it cannot mention, link or format with it. */
function plain(value: unknown): string {
  return printable(String(value ?? '?')).replaceAll(/[\\*_~`|>#[\]()<@:]/g, (character) => `\\${character}`)
}
