/**
 * Why a connection ended: the closed list that the access record, the metrics and the messages share.
 * A refused ping or login keeps its cause although it was answered with a text.
 */
export const REASONS = [
  'client_closed',
  'server_closed',
  'client_reset',
  'server_reset',
  'answered',
  'unknown_domain',
  'filtered',
  'banned',
  'rate_limited',
  'full',
  'proxy_full',
  'server_down',
  'loop',
  'starting',
  'proxy_protocol',
  'bad_handshake',
  'overrun',
  'header_timeout',
  'handshake_timeout',
  'login_timeout',
  'idle_timeout',
  'kicked',
  'shutdown',
  'internal',
] as const

export type Reason = (typeof REASONS)[number]
