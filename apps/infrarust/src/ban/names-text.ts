/** `the name Notch`, `the names Notch, jeb_` */
export function namesText(names: readonly string[]): string {
  return `the ${names.length === 1 ? 'name' : 'names'} ${names.join(', ')}`
}
