import { maintained } from '../maintenance-text.ts'
import type { MaintenanceOff } from './verb.ts'

export function offText({ server, was_on, still_on }: MaintenanceOff): string {
  const what = maintained(server)
  const isOnWithAll = server !== null && still_on.includes(null)
  const lines = [
    was_on
      ? `${what} is in maintenance no more`
      : `${what} was not in maintenance${server === null ? '' : ' by itself'}`,
    ...(isOnWithAll ? ['every server still is, and so is this one: infrarust maintenance off'] : []),
    ...(server === null
      ? still_on.map((each) => `${maintained(each)} still is, by itself: infrarust maintenance off ${each}`)
      : []),
  ]
  return `${lines.join('\n')}\n`
}
