import { foldName, type LiveConnection } from '@infrarust/core'

/** Whether the player of a connection has this name, in any case. */
export function isCalled({ player }: LiveConnection, name: string): boolean {
  return player !== undefined && foldName(player.name) === foldName(name)
}
