import { hasControlCharacter } from '../../text/control-characters.ts'
import { gives, isNot, type ValueType } from '../value-type.ts'

const LONGEST = 32_768

/** Arguments of a program, each as it is: in their order, twice where they stand twice, blanks and empty ones included. */
export const argumentList: ValueType<readonly string[]> = {
  name: 'list of arguments',
  read(written) {
    const accepted = 'write a list of arguments, such as ["systemctl", "start", "survival"]'
    if (!Array.isArray(written)) return isNot(written, accepted)
    const texts: string[] = []
    for (const each of written) {
      if (typeof each !== 'string') return isNot(each, 'each argument is a text in quotation marks')
      if (each.length > LONGEST || hasControlCharacter(each))
        return isNot(each, `an argument has at most ${LONGEST} characters, and no control characters`)
      texts.push(each)
    }
    return gives(texts)
  },
  fromText: (label) => label,
  schema: { type: 'array', items: { type: 'string' } },
}
