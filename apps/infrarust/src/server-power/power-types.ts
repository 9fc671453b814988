import type { ServerPowerType } from '@infrarust/core/server-power'
import { command, local } from '@infrarust/server-manager'

/** The kinds of power that are part of this program: what `type` in `[server_manager]` may name. */
export const POWER_TYPES: readonly ServerPowerType[] = [local, command]
