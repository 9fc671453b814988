import { NAME_MAX_UNITS } from '@infrarust/minecraft'
import { hasControlCharacter } from './control-characters.ts'

/**
 * Whether a player may join with this name, and so whether a name can be banned: what Login Start has room for, without
 * control characters. Blanks, slashes and all scripts may be in it, since servers without authentication and Bedrock have
 * such names.
 */
export function isPlayerName(text: string): boolean {
  return text !== '' && text.length <= NAME_MAX_UNITS && text.isWellFormed() && !hasControlCharacter(text)
}

/** The form by which names are compared wherever they are: who is banned as `Steve` is kept out, cut and found as `STEVE`. */
export function foldName(name: string): string {
  return name.toLowerCase()
}
