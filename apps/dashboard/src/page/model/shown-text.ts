/** What a text from outside is cut to where a person reads it; the length of the rest is told. */
const SHOWN_CHARACTERS = 200

/**
 * A text that somebody else has chosen, so that it looks like what it is: what would turn the reading direction, hide or break
 * the line is written out as a code, and one that is endless is cut.
 */
export function shownText(text: string, characters: number = SHOWN_CHARACTERS): string {
  const escaped = text.slice(0, characters).replaceAll(UNSEEN, (character) => `\\u${codeOf(character)}`)
  const rest = text.length - characters
  return rest > 0 ? `${escaped}… (${rest} more)` : escaped
}

/**
 * Controls, what turns the direction or has no width, separators of lines, and halves of pairs. What picks the form of an emoji
 * hides nothing.
 */
const UNSEEN = /(?![\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

function codeOf(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')
  return hex.length > 4 ? `{${hex}}` : hex
}
