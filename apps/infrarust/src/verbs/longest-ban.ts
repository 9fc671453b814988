/** A date has room for 8.64e15 milliseconds; a thousand years are enough for anybody. */
export const LONGEST_BAN_MS: number = 1_000 * 366 * 86_400_000
