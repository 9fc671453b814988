/** For who writes a ban store: the contract, what a ban is, the index that answers at once, and how a program lists a store. */

export { type Ban, type BanEnd, banAgain, endsEarlier, isInForce, namesOf, withNames } from '../ban/ban.ts'
export { type BanChange, BanIndex, type Bans } from '../ban/ban-index.ts'
export type { BanConfig } from '../ban/ban-keys.ts'
export { BanStoreError, type BanStoreErrorCode } from '../ban/ban-store-error.ts'
export { type InvalidBanTarget, type ParsedBanTarget, parseBanTarget } from '../ban/bare-target.ts'
export type { BanStoreOptions, BuiltInBanStore } from '../ban/built-in-store.ts'
export { type BanJson, banJson } from '../ban/import/ban-json.ts'
export {
  type BanListReading,
  type BanReading,
  banText,
  readBan,
  readBanList,
  readTargetJson,
} from '../ban/import/read-ban-list.ts'
export type { AddedBans, AuditEntry, BanStore } from '../ban/store.ts'
export { type BanTarget, type BanTargetType, banKey, banTargetType, nameKey, readBanTarget } from '../ban/target.ts'
