/**
 * A text as one word of a command line, to be copied from the screen into a shell. What a shell would take for something
 * else is quoted; what cannot be seen, or looks like a blank, is spelt out as bash and zsh read it (`$'No\\u200btch'`).
 */
export function shellWord(text: string): string {
  if (PLAIN.test(text)) return text
  if (!UNSEEN.test(text)) return `'${text.replaceAll("'", "'\\''")}'`
  return `$'${text.replaceAll(/['\\]/g, '\\$&').replaceAll(EACH_UNSEEN, escaped)}'`
}

const PLAIN = /^[\p{L}\p{M}\p{N}_./:@%+,-]+$/u
/** All that `printable` spells out, and blanks other than the usual one. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u
const EACH_UNSEEN = new RegExp(UNSEEN, 'gu')

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
