import type { BanPlace } from '../ban/ban-stores.ts'
import type { DataPaths } from '../data-paths.ts'
import { askProxy, type ControlCall } from './control-client.ts'
import { ControlError } from './control-error.ts'
import { banVerbs } from './verbs/ban-verbs.ts'

/** How often in a row a proxy may go away without having done anything before the command gives up. */
const MAX_LOSSES = 5

export interface BanCall extends ControlCall {
  /** Whether each of the input has its own item, or all of it has one. */
  readonly hasItemPerInput: boolean
}

export interface Acknowledged {
  readonly item: unknown
  /** The same may have been done before, by a proxy that went away before it could say so. */
  readonly isRepeated: boolean
}

/**
 * Carries out a verb about bans: by the running proxy, or on the store alone where none runs. Where the proxy goes away in
 * the middle, what it has not acknowledged is done over.
 *
 * @throws {ControlError} or {BanStoreError} where the rest was not done
 */
export async function* operateOnBans(paths: DataPaths, call: BanCall): AsyncGenerator<Acknowledged, void> {
  let done = 0
  let isRepeated = false
  for (let losses = 0; losses < MAX_LOSSES; losses++) {
    const rest = { ...call, input: call.hasItemPerInput ? call.input.slice(done) : call.input }
    try {
      for await (const item of await whoAnswers(paths, rest)) {
        yield { item, isRepeated }
        done++
        isRepeated = false
        losses = 0
      }
      return
    } catch (error) {
      if (!(error instanceof ControlError) || error.code !== 'lost') throw error
      isRepeated = true
      // An answer without parts of its own begins again from its first item.
      if (!call.hasItemPerInput && done > 0) throw error
    }
  }
  throw new ControlError('lost', 'the proxy went away again and again before it had answered')
}

/** Only where it is certain that no proxy runs the store is touched directly. */
async function whoAnswers(paths: DataPaths, call: ControlCall): Promise<AsyncIterable<unknown>> {
  try {
    return await askProxy(paths.controlSocket, call)
  } catch (error) {
    if (error instanceof ControlError && error.code === 'absent') return aloneWithStore(paths.bans, call)
    throw error
  }
}

async function* aloneWithStore(place: BanPlace, { verb, options, input }: ControlCall): AsyncGenerator<unknown, void> {
  const store = await place.open()
  try {
    const found = banVerbs(store).find(({ name }) => name === verb)
    if (found === undefined) throw new ControlError('protocol', `no verb is called ${verb}`)
    yield* found.run({ options, input: each(input), signal: new AbortController().signal })
  } finally {
    await store.close()
  }
}

async function* each(input: readonly unknown[]): AsyncGenerator<unknown, void> {
  yield* input
}
