import { type ListedPlayer, readPlayerList } from '@infrarust/core'
import {
  type FollowedList,
  type FollowListOptions,
  followList,
  type ListForm,
  linesWith,
  readListFile,
} from './list-file.ts'

/** What a file of players amounts to. */
export type PlayerListFile = (
  | { readonly kind: 'list'; readonly isEmptyOnPurpose: boolean }
  /** `problem` is one line and begins with file and line. */
  | { readonly kind: 'problem'; readonly problem: string }
) & {
  /** Those that could be read. */
  readonly players: readonly ListedPlayer[]
}

/** Follows a list: the `whitelist.json` of a server, or a name or a UUID a line. It is read before this returns. */
export function followPlayerList(options: FollowListOptions<PlayerListFile>): FollowedList {
  return followList(FORM, options)
}

/** Reads a list once: for a check of the configuration. */
export function readPlayerListFile(path: string): PlayerListFile {
  return readListFile(FORM, path)
}

const FORM: ListForm<PlayerListFile> = {
  ofText(path, text) {
    const { players, faults, isEmptyOnPurpose } = readPlayerList(text)
    const problem = linesWith(path, faults)
    return problem === undefined ? { kind: 'list', players, isEmptyOnPurpose } : { kind: 'problem', problem, players }
  },
  unread: (problem) => ({ kind: 'problem', problem, players: [] }),
}
