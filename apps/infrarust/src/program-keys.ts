import { type GatewayConfig, gatewayKeys, type ProgramKeys } from '@infrarust/core'
import { joined, serverValidator, type ValidateServer } from '@infrarust/core/provider'
import { adminTable, adminTakesListener, type WithAdmin } from './admin/admin-keys.ts'
import { banPlaceIsKnown } from './ban/ban-stores.ts'
import { BUILT_IN_PROVIDERS } from './built-in-providers.ts'
import { controlTable, type WithControl } from './control/control-keys.ts'
import { logTable, type WithLog } from './log/log-keys.ts'
import { shutdownTable, type WithShutdown } from './proxy/shutdown-keys.ts'
import { type WithWeb, webTable, webTlsIsWhole } from './web/web-keys.ts'
import { type WithWebhooks, webhooksHaveUrls, webhookTable } from './webhook/webhook-keys.ts'

/** What the tables of this program say. */
export interface ProgramConfig extends WithLog, WithAdmin, WithControl, WithWeb, WithWebhooks, WithShutdown {}

/** All that `infrarust.toml` says: to the gateway and to this program. */
export type Config = GatewayConfig & ProgramConfig

/** What may stand in `infrarust.toml` beside the keys of the gateway. */
export const PROGRAM_KEYS: ProgramKeys<ProgramConfig> = {
  tables: joined(logTable, adminTable, controlTable, webTable, webhookTable, shutdownTable),
  builtIn: BUILT_IN_PROVIDERS,
  check: (config, isAttempted) => [
    ...adminTakesListener(config),
    ...banPlaceIsKnown(config),
    ...webTlsIsWhole(config, isAttempted),
    ...webhooksHaveUrls(config, isAttempted),
  ],
}

/** For the definitions of every provider. A key of `infrarust.toml` that stands in one is told its place. */
export const validateServer: ValidateServer = serverValidator(gatewayKeys(PROGRAM_KEYS))
