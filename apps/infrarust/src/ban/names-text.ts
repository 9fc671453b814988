import { shellWord } from '../print/shell-word.ts'

/** `the name Notch`, `the names Notch, '.Bed Rock'` */
export function namesText(names: readonly string[]): string {
  return `the ${names.length === 1 ? 'name' : 'names'} ${names.map(shellWord).join(', ')}`
}
