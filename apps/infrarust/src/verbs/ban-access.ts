import type { BanStore } from '@infrarust/core/ban-store'
import * as v from 'valibot'
import { ControlClient } from '../control/client.ts'
import { ControlError } from '../control/control-error.ts'
import type { DataPaths } from '../data-paths.ts'
import type { WithBans } from './live-proxy.ts'
import type { DataVerb, RequestSchema, Sent } from './verb.ts'
import { VerbError } from './verb-error.ts'

/** How often in a row a proxy may go away without having done anything before the command gives up. */
const MAX_LOSSES = 5

/**
 * The bans, for a command: through the running proxy, or in the store alone where none runs. What the proxy has acknowledged
 * is durable; where it goes away before it has, it is asked again.
 */
export class BanAccess {
  readonly #paths: DataPaths
  #client: ControlClient | undefined
  /** From the moment on in which nobody listened. */
  #store: BanStore | undefined

  constructor(paths: DataPaths) {
    this.#paths = paths
  }

  /**
   * @returns undefined where the same was asked before of a proxy that went away, and there is nothing left to be done
   * @throws {ControlError}, {VerbError} or {BanStoreError} where it was not done
   */
  async ask<Request extends RequestSchema, Result extends v.GenericSchema>(
    verb: DataVerb<WithBans, Request, Result>,
    request: v.InferInput<Request>,
    lines?: readonly unknown[],
  ): Promise<Sent<Result> | undefined> {
    for (let losses = 0; ; losses++) {
      try {
        return await this.#once(verb, request, lines)
      } catch (error) {
        if (losses > 0 && error instanceof VerbError && error.code === 'not_found') return undefined
        if (!(error instanceof ControlError) || error.code !== 'lost') throw error
        if (losses + 1 === MAX_LOSSES)
          throw new ControlError('lost', 'the proxy went away again and again before it had answered')
      }
    }
  }

  async close(): Promise<void> {
    this.#client?.close()
    await this.#store?.close()
  }

  async #once<Request extends RequestSchema, Result extends v.GenericSchema>(
    verb: DataVerb<WithBans, Request, Result>,
    request: v.InferInput<Request>,
    lines: readonly unknown[] | undefined,
  ): Promise<Sent<Result>> {
    if (this.#store === undefined) {
      this.#client ??= new ControlClient(this.#paths.controlSocket)
      try {
        return await this.#client.ask(verb, request, lines)
      } catch (error) {
        // Only where it is certain that no proxy runs the store is touched directly.
        if (!(error instanceof ControlError) || error.code !== 'absent') throw error
      }
      this.#store = await this.#paths.bans.open()
    }
    const call = {
      signal: new AbortController().signal,
      lines: each(lines ?? []),
      isFromNetwork: false,
      isReadOnly: false,
    }
    return await verb.run({ bans: this.#store }, v.parse(verb.request, request), call)
  }
}

async function* each(lines: readonly unknown[]): AsyncGenerator<unknown, void> {
  yield* lines
}
