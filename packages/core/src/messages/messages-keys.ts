import { type KeyTable, keyTable, type SubTable } from '../config/table.ts'
import { boolean } from '../config/values/plain.ts'
import type { Reason } from '../record/reason.ts'
import { type Template, template, templateAsWritten } from './template.ts'

/** The reasons that have a text of the operator's. */
export type MessageReason = Extract<
  Reason,
  | 'unknown_domain'
  | 'banned'
  | 'rate_limited'
  | 'filtered'
  | 'server_down'
  | 'loop'
  | 'full'
  | 'proxy_full'
  | 'starting'
>

/** `[messages]`; what is undefined in a server's takes the global one, then the built-in text. */
export type MessagesConfig = { readonly [Each in MessageReason]?: MessageConfig | undefined }

export interface MessageConfig {
  /** For a login. */
  readonly kick: Template | undefined
  /** For a list ping. */
  readonly status: Template | undefined
  /** Whether the connection is closed without any answer. */
  readonly isSilent: boolean | undefined
}

const MEANINGS: Readonly<Record<MessageReason, string>> = {
  unknown_domain: 'No server has the domain.',
  banned: 'The player or the address is banned.',
  rate_limited: 'The client connects too often.',
  filtered: 'The address is not let in.',
  server_down: 'The server cannot be reached.',
  loop: 'The address of the server leads back to this proxy.',
  full: 'The server has as many players as `max_players` allows.',
  proxy_full: 'The proxy has as many connections as `max_connections` or the system allows.',
  starting: 'The server is starting.',
}

const messageKeys: KeyTable<MessageConfig> = keyTable<MessageConfig>({
  kick: {
    kind: 'key',
    from: 'anyone',
    name: 'kick',
    type: template,
    default: undefined,
    absent: 'the built-in text',
    description: 'What a login is told.',
    example: '§cNot now. §7Come back at noon.',
    reload: 'live',
  },
  status: {
    kind: 'key',
    from: 'anyone',
    name: 'status',
    type: template,
    default: undefined,
    absent: 'the built-in text',
    description: 'What the server list shows.',
    example: 'Nothing to see at {domain}',
    reload: 'live',
  },
  isSilent: {
    kind: 'key',
    from: 'anyone',
    name: 'silent',
    type: boolean,
    default: undefined,
    absent: '`false`',
    description: 'Closes the connection without an answer.',
    example: true,
    reload: 'live',
  },
})

/** Keys of `[messages]` in `infrarust.toml`. */
export const messagesKeys: KeyTable<MessagesConfig> = keyTable<Required<MessagesConfig>>({
  unknown_domain: reasonRow('unknown_domain'),
  banned: reasonRow('banned'),
  rate_limited: reasonRow('rate_limited'),
  filtered: reasonRow('filtered'),
  server_down: reasonRow('server_down'),
  loop: reasonRow('loop'),
  full: reasonRow('full'),
  proxy_full: reasonRow('proxy_full'),
  starting: reasonRow('starting'),
})

/** Keys of a server's `[messages]`: what is decided about a connection of that server. */
export const serverMessagesKeys: KeyTable<MessagesConfig> = keyTable<
  Required<Omit<MessagesConfig, 'unknown_domain' | 'proxy_full'>>
>(
  {
    banned: reasonRow('banned'),
    rate_limited: reasonRow('rate_limited'),
    filtered: reasonRow('filtered'),
    server_down: reasonRow('server_down'),
    loop: reasonRow('loop'),
    full: reasonRow('full'),
    starting: reasonRow('starting'),
  },
  {
    elsewhere: {
      unknown_domain: 'it never applies to a server: no server has the domain then; write it in infrarust.toml',
      proxy_full: 'it never applies to a server: the whole proxy is full then; write it in infrarust.toml',
    },
  },
)

function reasonRow(reason: MessageReason): SubTable<MessageConfig | undefined> {
  return {
    kind: 'table',
    name: reason,
    description: MEANINGS[reason],
    table: messageKeys,
    isOptional: true,
    short: { type: templateAsWritten, expand: (written) => ({ kick: written, status: written }) },
  }
}
