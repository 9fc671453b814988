/** What an answer depends on: a name, and a version of the game. */
export interface StatusKey {
  readonly domain: string | undefined
  readonly protocol: number
}

/** Of who speaks no version, and the number that tools send. */
export const ANY_PROTOCOL = -1
