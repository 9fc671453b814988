/**
 * Text as it is safe to print, for it may come from anybody: a player's name, a label, a reason, the name of a file. Control
 * characters and what turns the direction of writing are spelt out, so that nothing moves the cursor, rings, or breaks a
 * line; so is what cannot be seen (a byte order mark, a blank of no width), for two names must not look like one.
 */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`
  })
}

/** The same for a text of several lines, which stay lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

/** Control, format (the bidirectional ones among them), line and paragraph separators, lone surrogates, private use. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu

/**
 * JSON that says the same and is safe to print. `JSON.stringify` escapes C0 alone: DEL, C1 and what turns the direction of
 * writing would go to the terminal as they are.
 *
 * @param json one value; line ends between its parts stay
 */
export function printableJson(json: string): string {
  return UNSAFE_IN_JSON.test(json) ? json.replaceAll(EACH_UNSAFE_IN_JSON, escapedUnits) : json
}

const UNSAFE_IN_JSON = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
const EACH_UNSAFE_IN_JSON = new RegExp(UNSAFE_IN_JSON, 'gu')

/** JSON knows UTF-16 units, so one character may take two. */
function escapedUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`)
    .join('')
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
