import { auth } from '../auth/auth-keys.ts'
import { bans } from '../ban/ban-keys.ts'
import { type GatewayFields, gatewayKeysOf, type ServerFields, serverKeysOf } from '../config/feature.ts'
import type { KeyTable } from '../config/key-table.ts'
import { ipFilter } from '../filter/ip-filter-keys.ts'
import { forwarding } from '../forwarding/forwarding-keys.ts'
import { rateLimit } from '../limit/rate-limit-keys.ts'
import { maintenance } from '../maintenance/maintenance-keys.ts'
import { messages } from '../messages/messages-feature.ts'
import { playerFilter } from '../player-filter/player-filter-keys.ts'
import { power } from '../power/power-feature.ts'
import { proxyHeader } from '../proxy-header/proxy-header-feature.ts'
import { slots } from '../slots/slots-keys.ts'
import { timeouts } from '../timeouts/timeouts-feature.ts'
import { transport } from '../transport/transport-feature.ts'

/** The features that have keys, in the order in which the reference shows them. */
const FEATURES: readonly [
  typeof proxyHeader,
  typeof auth,
  typeof forwarding,
  typeof slots,
  typeof timeouts,
  typeof transport,
  typeof ipFilter,
  typeof playerFilter,
  typeof rateLimit,
  typeof bans,
  typeof maintenance,
  typeof messages,
  typeof power,
] = [
  proxyHeader,
  auth,
  forwarding,
  slots,
  timeouts,
  transport,
  ipFilter,
  playerFilter,
  rateLimit,
  bans,
  maintenance,
  messages,
  power,
]

/** What they say of the whole gateway, as it is written in `infrarust.toml`. */
export type GatewayFeatures = GatewayFields<typeof FEATURES>

/** What they say of a server: part of `Server`. */
export type ServerFeatures = ServerFields<typeof FEATURES>

export const gatewayFeatureKeys: KeyTable<GatewayFeatures> = gatewayKeysOf(FEATURES)

export const serverFeatureKeys: KeyTable<ServerFeatures> = serverKeysOf(FEATURES)
