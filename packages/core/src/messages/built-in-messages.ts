import type { Reason } from '../record/reason.ts'
import type { About, Messages } from './messages.ts'
import { plain, utcText } from './placeholders.ts'

/** What players read where the operator has written nothing. A text says what happened and what the player can do. */
export const BUILT_IN_MESSAGES: Messages = {
  isSilent: () => false,
  kick: textFor,
  status: (about) => ({
    description: about.cause === 'welcome' ? welcomeStatus(about) : textFor(about),
    versionName: 'Infrarust',
  }),
}

const TEXTS: Readonly<Record<Reason | 'welcome', (about: About) => string>> = {
  unknown_domain: ({ domain }) =>
    domain === undefined ? 'There is no server here.' : `There is no server called ${plain(domain)} here.`,
  server_down: ({ server }) => `${nameOf(server)} cannot be reached right now.`,
  loop: ({ server }) =>
    `${nameOf(server)} cannot be reached: its address leads back to this proxy. Please tell its operator.`,
  starting: ({ server }) => `${nameOf(server)} is starting. Try again in a moment.`,
  full: ({ server }) => `${nameOf(server)} is full.`,
  proxy_full: () => 'This proxy is full. Try again in a moment.',
  rate_limited: () => 'You connect too often. Wait a moment, then try again.',
  filtered: () => 'You may not connect from this address.',
  banned: () => 'You are banned.',
  kicked: () => 'You were disconnected by an operator.',
  shutdown: () => 'This proxy is restarting. Try again in a moment.',
  welcome: ({ client }) =>
    `Infrarust runs, and sees you as ${client.address}.\n\nNext: describe your server in servers/<name>.toml, ` +
    'such as\ndomains = ["*"]\naddresses = ["127.0.0.1:25566"]',
  // Nobody is told these: the connection ends without an answer. They are here so that a text exists for each.
  client_closed: ended,
  server_closed: ended,
  client_reset: ended,
  server_reset: ended,
  answered: ended,
  proxy_protocol: ended,
  bad_handshake: ended,
  overrun: ended,
  header_timeout: ended,
  handshake_timeout: ended,
  login_timeout: ended,
  idle_timeout: ended,
  internal: ended,
}

/** Whatever turns somebody away may say why, and until when. */
function textFor(about: About): string {
  return `${TEXTS[about.cause](about)}${detailLine(about.detail)}${expiryLine(about.expiresAt)}`
}

function welcomeStatus({ client }: About): string {
  return `Infrarust sees you as ${client.address}\nJoin to read what to do next`
}

function nameOf(server: About['server']): string {
  return server === undefined ? 'This server' : plain(server.name)
}

function detailLine(detail: string | undefined): string {
  return detail === undefined ? '' : `\n${plain(detail)}`
}

function expiryLine(expiresAt: number | undefined): string {
  return expiresAt === undefined ? '' : `\nUntil ${utcText(expiresAt)}`
}

function ended(): string {
  return 'The connection was closed.'
}
