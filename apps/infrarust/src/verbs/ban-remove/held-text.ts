import type { Ban } from '@infrarust/core/ban-store'
import { targetText } from '../../ban/ban-table.ts'
import { shellWord } from '../../print/shell-word.ts'

/** `Steve is still kept out by the ban of 069a79f4-… (Steve, Alex)` */
export function heldText(target: string, by: Ban): string {
  return `${shellWord(target)} is still kept out by the ban of ${targetText(by)}`
}
