import type { TextComponent } from '@infrarust/minecraft'
import { isReplaceable, type Reason } from '../record/reasons.ts'
import { BUILT_IN_MESSAGES } from './built-in-messages.ts'
import type { About, Messages, ServerTexts, StatusText } from './messages.ts'
import type { MessageConfig, MessagesConfig } from './messages-keys.ts'
import type { MotdConfig, MotdEntry } from './motd-keys.ts'
import { placeholderValues } from './placeholders.ts'
import { fill } from './template.ts'

/** What of the configuration decides about texts, beside each server's own. */
export interface MessageSettings {
  readonly messages: MessagesConfig
  readonly defaultMotd: MotdConfig
}

/**
 * The operator's texts, the most particular first: what the refusal brings along, what a server says about a state (`disconnect_message`, `[motd]`),
 * its `[messages]`, the global ones, the built-in text.
 */
export function configuredMessages({ messages, defaultMotd }: MessageSettings): Messages {
  return {
    isSilent: (reason, server) => chosen(reason, server, messages, 'isSilent') ?? false,
    kick(about) {
      const down = about.cause === 'server_down' ? about.server?.disconnectMessage : undefined
      const text = about.texts?.kick ?? down ?? chosen(about.cause, about.server, messages, 'kick')
      return text === undefined ? BUILT_IN_MESSAGES.kick(about) : fill(text, placeholderValues(about))
    },
    status(about) {
      const motd = motdOf(about, defaultMotd)
      const text = about.texts?.status ?? motd?.text ?? chosen(about.cause, about.server, messages, 'status')
      const shown = text === undefined ? undefined : fill(text, placeholderValues(about))
      return statusText(about, shown, motd, pictureOf(about, defaultMotd))
    },
  }
}

function chosen<Field extends keyof MessageConfig>(
  cause: About['cause'],
  server: ServerTexts | undefined,
  global: MessagesConfig,
  field: Field,
): MessageConfig[Field] | undefined {
  if (!isReason(cause) || !isReplaceable(cause)) return undefined
  return server?.messages[cause]?.[field] ?? global[cause]?.[field]
}

/** Whether it is no state of a server, which has its text in `[motd]`. */
function isReason(cause: About['cause']): cause is Reason {
  return cause !== 'welcome' && cause !== 'sleeping' && cause !== 'stopping' && cause !== 'crashed'
}

/** The entry for the state that the cause amounts to. */
function motdOf({ cause, server }: About, defaultMotd: MotdConfig): MotdEntry | undefined {
  switch (cause) {
    case 'unknown_domain':
      return defaultMotd.offline ?? defaultMotd.online
    case 'server_down':
      return (
        (server?.state === 'offline' ? server.motd.offline : undefined) ??
        server?.motd.unreachable ??
        defaultMotd.unreachable
      )
    case 'starting':
      return server?.motd.starting ?? defaultMotd.starting
    case 'sleeping':
    case 'stopping':
    case 'crashed':
      return server?.motd[cause] ?? defaultMotd[cause]
    case 'maintenance':
      return server?.motd.maintenance ?? defaultMotd.maintenance
    default:
      return undefined
  }
}

/** A server keeps its picture while it cannot be reached, so that players find it in their list. */
function pictureOf({ server, cause }: About, defaultMotd: MotdConfig): string | undefined {
  return cause === 'unknown_domain' ? defaultMotd.online?.favicon : server?.motd.online?.favicon
}

function statusText(
  about: About,
  text: TextComponent | undefined,
  motd: MotdEntry | undefined,
  picture: string | undefined,
): StatusText {
  const builtIn = BUILT_IN_MESSAGES.status(about)
  const favicon = motd?.favicon ?? picture
  const hasPlayers = motd?.maxPlayers !== undefined || motd?.onlinePlayers !== undefined || motd?.sample !== undefined
  return {
    description: text ?? builtIn.description,
    versionName: motd?.versionName ?? builtIn.versionName,
    ...(hasPlayers && {
      players: {
        max: motd.maxPlayers ?? 0,
        online: motd.onlinePlayers ?? 0,
        ...(motd.sample !== undefined && { sample: motd.sample.map((name) => ({ name })) }),
      },
    }),
    ...(favicon !== undefined && { favicon }),
  }
}
