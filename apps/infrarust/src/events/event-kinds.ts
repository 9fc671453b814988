/** Every event there is; the name says what it is about. In the order of the documentation. */
export const EVENT_KINDS = [
  'connection.opened',
  'connection.refused',
  'connection.closed',
  'player.join',
  'player.leave',
  'header.mismatch',
  'server.state_change',
  'config.reload',
  'ban.created',
  'ban.removed',
  'stats.tick',
] as const

export type EventKind = (typeof EVENT_KINDS)[number]
