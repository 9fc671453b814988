import * as v from 'valibot'
import { MAINTENANCE_RESULT, type MaintainedProxy, maintenanceJson } from '../maintenance-fields.ts'
import { dataVerb } from '../verb.ts'

/** What is in maintenance now. */
export const verb = dataVerb({
  name: 'maintenance.list',
  method: 'GET',
  path: '/maintenance',
  summary: 'Which servers are in maintenance, since when, and who may join them.',
  request: v.strictObject({}),
  result: v.array(MAINTENANCE_RESULT),
  run: (proxy: MaintainedProxy) => proxy.maintenance.list().map((kept) => maintenanceJson(kept, proxy)),
})
