/** To authenticate players: what needs keys and asks a session server. Nothing else loads it. */

export { LoginKey } from '../auth/login-key.ts'
export { PlayerAuthentication, type PlayerAuthenticationOptions } from '../auth/player-authentication.ts'
export { type JoinAnswer, type JoinQuestion, SessionServer, type SessionServerOptions } from '../auth/session-server.ts'
