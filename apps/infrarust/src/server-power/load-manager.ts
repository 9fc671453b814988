/** All that servers which sleep need; a proxy that has none does not load it. */
export { listPinger, ServerManager } from '@infrarust/server-manager'
export { PowerModules } from './module-code.ts'
export { powersOfOthers, powerTypes } from './power-types.ts'
