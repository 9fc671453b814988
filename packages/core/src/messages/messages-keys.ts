import { type KeyTable, keyTable, type SubTable } from '../config/key-table.ts'
import { boolean } from '../config/values/plain.ts'
import { REPLACEABLE_REASONS, type ReplaceableReason, reasonRow } from '../record/reasons.ts'
import { type Template, template, templateAsWritten } from './template.ts'

/** The reasons whose text the operator may replace. */
export type MessageReason = ReplaceableReason

/** `[messages]`; what is undefined in a server's takes the global one, then the built-in text. */
export type MessagesConfig = { readonly [Each in MessageReason]?: MessageConfig | undefined }

/** The texts for one reason. */
export interface MessageConfig {
  /** For a login. */
  readonly kick: Template | undefined
  /** For a list ping. */
  readonly status: Template | undefined
  /** Whether the connection is closed without any answer. */
  readonly isSilent: boolean | undefined
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
export const messagesKeys: KeyTable<MessagesConfig> = {
  rows: REPLACEABLE_REASONS.map((reason) => [reason, textsOf(reason)]),
  elsewhere: {},
  withoutEffect: {},
}

/** Keys of a server's `[messages]`: what is decided about a connection of that server. */
export const serverMessagesKeys: KeyTable<MessagesConfig> = {
  rows: REPLACEABLE_REASONS.filter((reason) => neverOfServer(reason) === undefined).map((reason) => [
    reason,
    textsOf(reason),
  ]),
  elsewhere: Object.fromEntries(
    REPLACEABLE_REASONS.flatMap((reason) => {
      const why = neverOfServer(reason)
      return why === undefined ? [] : [[reason, `it never applies to a server: ${why}; write it in infrarust.toml`]]
    }),
  ),
  withoutEffect: {},
}

function neverOfServer(reason: MessageReason): string | undefined {
  const { told } = reasonRow(reason)
  return told === 'nobody' ? undefined : told.neverOfServer
}

function textsOf(reason: MessageReason): SubTable<MessageConfig | undefined> {
  return {
    kind: 'table',
    name: reason,
    description: reasonRow(reason).meaning,
    table: messageKeys,
    isOptional: true,
    short: { type: templateAsWritten, expand: (written) => ({ kick: written, status: written }) },
  }
}
