import type { ServerPowerType } from '@infrarust/core/server-power'
import type { ModuleCode } from './module-code.ts'
import { ModulePower } from './module-power.ts'

/**
 * `type = "./power.mjs"`: a module of the operator's own. It is loaded when it is asked for the first time.
 *
 * @param code how its code runs; left out: like every other
 */
export function moduleType(code: ModuleCode = PLAIN): ServerPowerType {
  return {
    type: 'module',
    codeFolder: new URL('..', import.meta.url).href,
    open: ({ type = '', options }, context) => new ModulePower({ path: type, options, code }, context),
  }
}

const PLAIN: ModuleCode = {
  run: (_, code) => code(),
  leave: (code) => code(),
  signal: (_, signal) => signal,
}
