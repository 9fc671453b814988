/** What a server sends before it has let a player in, by packet id. Since 1.7 no id has changed its meaning. */
export const CLIENTBOUND_LOGIN = [
  'login-disconnect',
  'encryption-request',
  'login-success',
  /** Since 1.8. */
  'set-compression',
  /** Since 1.13. */
  'login-plugin-request',
  /** Since 1.20.5. */
  'cookie-request',
] as const

/** The same of a client, from its Login Start on. */
export const SERVERBOUND_LOGIN = [
  'login-start',
  'encryption-response',
  /** Since 1.13. */
  'login-plugin-response',
  /** Since 1.20.2. The configuration begins behind it. */
  'login-acknowledged',
  /** Since 1.20.5. */
  'cookie-response',
] as const

export type ClientboundLogin = (typeof CLIENTBOUND_LOGIN)[number]
export type ServerboundLogin = (typeof SERVERBOUND_LOGIN)[number]
