import { banJson } from '@infrarust/core/ban-store'
import * as v from 'valibot'
import { BAN_RESULT } from '../ban-fields.ts'
import type { WithBans } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'

/** Every ban in force, oldest first. */
export const verb = dataVerb({
  name: 'bans.list',
  method: 'GET',
  path: '/bans',
  summary: 'All bans in force, the oldest first.',
  request: v.strictObject({}),
  result: v.array(BAN_RESULT),
  run: ({ bans }: WithBans) => bans.bans.list(Date.now()).map(banJson),
})
