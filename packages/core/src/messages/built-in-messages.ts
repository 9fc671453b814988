import type { TextComponent } from '@infrarust/minecraft'
import type { RefusalTexts } from '../policy/facts.ts'
import { type ReasonRow, reasonRow } from '../record/reasons.ts'
import type { About, Messages } from './messages.ts'
import { placeholderValues, plain, utcText } from './placeholders.ts'
import { fill } from './template.ts'

/** What players read where the operator has written nothing. A text says what happened and what the player can do. */
export const BUILT_IN_MESSAGES: Messages = {
  isSilent: () => false,
  kick: (about) => ownText(about, 'kick') ?? textFor(about),
  status: (about) => ({
    description: ownText(about, 'status') ?? (about.cause === 'welcome' ? welcomeStatus(about) : textFor(about)),
    versionName: 'Infrarust',
  }),
}

/** What the refusal itself has brought along. */
function ownText(about: About, field: keyof RefusalTexts): TextComponent | undefined {
  const text = about.texts?.[field]
  return text === undefined ? undefined : fill(text, placeholderValues(about))
}

/** Whatever turns somebody away may say why, and until when. */
function textFor(about: About): string {
  const text = causeText(about)
  return `${text}${detailLine(about.detail)}${expiryLine(about.expiresAt)}`
}

function causeText(about: About): string {
  const name = about.server === undefined ? 'This server' : plain(about.server.name)
  switch (about.cause) {
    case 'welcome':
      return welcomeText(about)
    case 'sleeping':
      return `${name} sleeps. Join to wake it.`
    case 'stopping':
      return `${name} is going to sleep. Join to wake it.`
    case 'crashed':
      return `${name} could not be started.`
    default:
      return reasonText(reasonRow(about.cause), about)
  }
}

function reasonText({ told }: ReasonRow, { domain, server }: About): string {
  // Nobody reads this: the connection ends without an answer.
  if (told === 'nobody') return 'The connection was closed.'
  return told.text({
    domain: domain === undefined ? undefined : plain(domain),
    server: server === undefined ? 'This server' : plain(server.name),
  })
}

function welcomeText({ client }: About): string {
  return (
    `Infrarust runs, and sees you as ${client.address}.\n\nNext: describe your server in servers/<name>.toml, ` +
    'such as\ndomains = ["*"]\naddresses = ["127.0.0.1:25566"]'
  )
}

function welcomeStatus({ client }: About): string {
  return `Infrarust sees you as ${client.address}\nJoin to read what to do next`
}

function detailLine(detail: string | undefined): string {
  return detail === undefined ? '' : `\n${plain(detail)}`
}

function expiryLine(expiresAt: number | undefined): string {
  return expiresAt === undefined ? '' : `\nUntil ${utcText(expiresAt)}`
}
