/** For who writes a policy: what it is asked, and what it may answer. */

export type { SocketAddress } from '../addresses/socket-address.ts'
export type { ClientFacts, IntentFacts, PlayerFacts, Refusal } from '../policy/facts.ts'
export type { AccessRecord } from '../record/access-record.ts'
export type { Reason } from '../record/reasons.ts'
export type { Server } from '../server/server.ts'
export type { ServerPolicy as Policy } from '../server/server-policy.ts'
