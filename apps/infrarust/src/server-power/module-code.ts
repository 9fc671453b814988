import type { ModuleCode } from '@infrarust/server-manager'
import { asOurselves, asStranger } from '../custom-code/context.ts'
import { type CustomCode, customCodeFor } from '../custom-code/culprit.ts'
import { signalFor } from '../custom-code/signal.ts'

/** The modules that `type` in `[server_manager]` names: what they throw where nobody catches it is known to be theirs. */
export class PowerModules implements ModuleCode {
  /** All that ever ran here: one that is not used any more may have left a timer behind. */
  readonly #customCode = new Map<string, CustomCode>()

  get customCode(): readonly CustomCode[] {
    return [...this.#customCode.values()]
  }

  run<Result>(path: string, code: () => Result): Result {
    if (!this.#customCode.has(path)) this.#customCode.set(path, customCodeFor(path, '/', 'server manager'))
    return asStranger(path, code)
  }

  leave<Result>(code: () => Result): Result {
    return asOurselves(code)
  }

  signal(path: string, signal: AbortSignal): AbortSignal {
    return signalFor(path, signal)
  }
}
