import { type FieldsOf, type KeyTable, rowsOf } from './key-table.ts'

/** What a feature has to say in the files of the configuration: rows of `infrarust.toml`, and rows of a server. */
export interface Feature<OfGateway, OfServer> {
  /** `NO_KEYS` where it has none there. */
  readonly gateway: KeyTable<OfGateway>
  /** Those of labels, too. */
  readonly server: KeyTable<OfServer>
}

type AnyFeature = Feature<unknown, unknown>

/** What several features say of the whole gateway. */
export type GatewayFields<Features extends readonly AnyFeature[]> = FieldsOf<{
  [Index in keyof Features]: Features[Index]['gateway']
}>

/** What several features say of a server. */
export type ServerFields<Features extends readonly AnyFeature[]> = FieldsOf<{
  [Index in keyof Features]: Features[Index]['server']
}>

/** The rows of several features for `infrarust.toml`, as one table. */
export function gatewayKeysOf<const Features extends readonly AnyFeature[]>(
  features: Features,
): KeyTable<GatewayFields<Features>> {
  return rowsOf(features.map(({ gateway }) => gateway))
}

/** The rows of several features for a server, as one table. */
export function serverKeysOf<const Features extends readonly AnyFeature[]>(
  features: Features,
): KeyTable<ServerFields<Features>> {
  return rowsOf(features.map(({ server }) => server))
}
