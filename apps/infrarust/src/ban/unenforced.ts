import type { Ban } from '@infrarust/core/ban-store'

/** Whether this is a ban that holds only where players are authenticated: of a UUID, which others only claim, without the name to it. */
export function isUnenforced(ban: Ban | undefined): boolean {
  return ban?.target.type === 'uuid' && ban.playerName === undefined
}

/** Other products enforce them; whoever comes from there should know at once, and not from who is back. */
export function unenforcedText(count: number, file: string): string {
  return (
    `bans in ${file} of a UUID without the player's name: ${count}; they hold on servers with proxy_mode = "client_only", and ` +
    'keep nobody out of others, where a UUID is only claimed, until they are made again with "ban add <uuid> --player <name>"'
  )
}
