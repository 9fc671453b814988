import { docker } from '@infrarust/config-docker'
import type { BuiltInProvider } from '@infrarust/core/provider'

/**
 * The providers that are part of this program, beside the server files, which are always read. Each brings its table of
 * `infrarust.toml`. Of two that claim one domain the earlier one has it.
 */
export const BUILT_IN_PROVIDERS: readonly BuiltInProvider[] = [docker]
