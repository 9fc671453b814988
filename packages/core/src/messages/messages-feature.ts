import type { Feature } from '../config/feature.ts'
import { keyTable } from '../config/key-table.ts'
import { type MessagesConfig, messagesKeys, serverMessagesKeys } from './messages-keys.ts'
import { type MotdConfig, motdKeys } from './motd-keys.ts'
import { type Template, template } from './template.ts'

/** What players read, whichever server they want. */
export interface GatewayMessages {
  readonly messages: MessagesConfig
  /** What the server list shows for an unknown domain. */
  readonly defaultMotd: MotdConfig
}

/** What a server has players read. */
export interface ServerMessages {
  /** Before the gateway's, text by text. */
  readonly messages: MessagesConfig
  readonly motd: MotdConfig
  /** The kick of `server_down`, whatever `messages` say. */
  readonly disconnectMessage: Template | undefined
}

/** `[messages]` in both files, `[default_motd]` of the whole proxy; `disconnect_message` and `[motd]` of a server. */
export const messages: Feature<GatewayMessages, ServerMessages> = {
  gateway: keyTable<GatewayMessages>({
    messages: {
      kind: 'table',
      name: 'messages',
      description: 'What players read when they are turned away.',
      table: messagesKeys,
    },
    defaultMotd: {
      kind: 'table',
      name: 'default_motd',
      description:
        'What the server list shows for a domain that no server has: `offline`, else `online`. The rest is for servers that have no entry of their own for that state.',
      table: motdKeys,
    },
  }),
  server: keyTable<ServerMessages>({
    disconnectMessage: {
      kind: 'key',
      from: 'anyone',
      name: 'disconnect_message',
      type: template,
      default: undefined,
      absent: 'the text of `[messages.server_down]`',
      description: 'What a player is told whose login finds the server down.',
      example: '§cSurvival is down for maintenance.',
      reload: 'live',
    },
    messages: {
      kind: 'table',
      name: 'messages',
      description: 'Replaces the global `[messages]` for this server, text by text.',
      table: serverMessagesKeys,
    },
    motd: {
      kind: 'table',
      name: 'motd',
      description: 'What the server list shows, by the state of the server.',
      table: motdKeys,
    },
  }),
}
