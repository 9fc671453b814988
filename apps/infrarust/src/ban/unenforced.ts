import type { Ban } from '@infrarust/core/ban-store'

/** Whether this is a ban that is kept and holds nobody: of a UUID, which a client only claims, without the name to it. */
export function isUnenforced(ban: Ban | undefined): boolean {
  return ban?.target.type === 'uuid' && ban.playerName === undefined
}

/** Other products enforce them; whoever comes from there should know at once, and not from who is back. */
export function unenforcedText(count: number, file: string): string {
  return (
    `players are not authenticated here, so a UUID is only claimed; bans in ${file} of a UUID without the player's name: ` +
    `${count}, which keep nobody out until they are made again with "ban add <uuid> --player <name>"`
  )
}
