import { instead } from '../suggestion.ts'
import { gives, isNot, type ValueType } from '../value-type.ts'

/** One of a closed list of words; case, `-` and `_` do not matter, and a word may have other spellings. */
export function choice<Word extends string>(
  words: readonly Word[],
  synonyms: Readonly<Record<string, Word>> = {},
): ValueType<Word> {
  const bySpelling = new Map<string, Word>([
    ...words.map((word): [string, Word] => [plainSpelling(word), word]),
    ...Object.entries(synonyms).map(([spelling, word]): [string, Word] => [plainSpelling(spelling), word]),
  ])
  const accepted = `write one of ${words.map((word) => `"${word}"`).join(', ')}`
  return {
    name: words.map((word) => `"${word}"`).join(', '),
    read(written) {
      const word = typeof written === 'string' ? bySpelling.get(plainSpelling(written)) : undefined
      return word === undefined ? isNot(written, instead(written, words, accepted)) : gives(word)
    },
    fromText: (label) => label,
    schema: { anyOf: [{ enum: words }, { type: 'string', pattern: spellingPattern([...bySpelling.keys()]) }] },
  }
}

function plainSpelling(word: string): string {
  return word.trim().toLowerCase().replaceAll(/[-_]/g, '')
}

/** Each spelling with any case and with `-` or `_` anywhere, for editors: they know no flag for that. */
function spellingPattern(spellings: readonly string[]): string {
  const anyCase = (letter: string): string => (/[a-z]/.test(letter) ? `[${letter}${letter.toUpperCase()}]` : letter)
  return `^(${spellings.map((spelling) => [...spelling].map(anyCase).join('[-_]*')).join('|')})$`
}
