import type { BanJson } from '@infrarust/core/ban-store'
import type { GlobalOptions } from '../../options.ts'
import { withBans } from '../ban-call.ts'

/** All bans in force; undefined where they could not be had, which has been told then. */
export async function listBans(options: GlobalOptions): Promise<readonly BanJson[] | undefined> {
  const { verb } = await import('./verb.ts')
  let entries: readonly BanJson[] | undefined
  await withBans(options, async (bans) => {
    entries = await bans.ask(verb, {})
  })
  return entries
}
