/** The protocol versions of releases since 1.7.2, oldest first, each with the first and last release that speaks it. */
const RELEASES = [
  [4, '1.7.2', '1.7.5'],
  [5, '1.7.6', '1.7.10'],
  [47, '1.8', '1.8.9'],
  [107, '1.9'],
  [108, '1.9.1'],
  [109, '1.9.2'],
  [110, '1.9.3', '1.9.4'],
  [210, '1.10', '1.10.2'],
  [315, '1.11'],
  [316, '1.11.1', '1.11.2'],
  [335, '1.12'],
  [338, '1.12.1'],
  [340, '1.12.2'],
  [393, '1.13'],
  [401, '1.13.1'],
  [404, '1.13.2'],
  [477, '1.14'],
  [480, '1.14.1'],
  [485, '1.14.2'],
  [490, '1.14.3'],
  [498, '1.14.4'],
  [573, '1.15'],
  [575, '1.15.1'],
  [578, '1.15.2'],
  [735, '1.16'],
  [736, '1.16.1'],
  [751, '1.16.2'],
  [753, '1.16.3'],
  [754, '1.16.4', '1.16.5'],
  [755, '1.17'],
  [756, '1.17.1'],
  [757, '1.18', '1.18.1'],
  [758, '1.18.2'],
  [759, '1.19'],
  [760, '1.19.1', '1.19.2'],
  [761, '1.19.3'],
  [762, '1.19.4'],
  [763, '1.20', '1.20.1'],
  [764, '1.20.2'],
  [765, '1.20.3', '1.20.4'],
  [766, '1.20.5', '1.20.6'],
  [767, '1.21', '1.21.1'],
  [768, '1.21.2', '1.21.3'],
  [769, '1.21.4'],
  [770, '1.21.5'],
  [771, '1.21.6'],
  [772, '1.21.7', '1.21.8'],
  [773, '1.21.9', '1.21.10'],
  [774, '1.21.11'],
  [775, '26.1', '26.1.2'],
  [776, '26.2'],
  [777, '26.3'],
] as const satisfies readonly (readonly [number, string, string?])[]

const NAMES: ReadonlyMap<number, string> = new Map(
  RELEASES.map(([number, first, last]) => [number, last === undefined ? first : `${first}–${last}`]),
)

/** The newest release in the table. Its number is the highest one whose layouts are known here. */
export const NEWEST_PROTOCOL_VERSION: number = Math.max(...NAMES.keys())

/** Every release's protocol version, ascending. */
export const PROTOCOL_VERSIONS: readonly number[] = [...NAMES.keys()]

/** The releases that speak a protocol version, such as `1.20–1.20.1`; undefined for one that no release speaks. */
export function protocolVersionName(protocolVersion: number): string | undefined {
  return NAMES.get(protocolVersion)
}

/**
 * The version whose layouts to use. Of a snapshot and of a version after the table the best guess is the newest: who plays
 * one plays a recent one.
 */
export function layoutVersion(protocolVersion: number): number {
  return isSnapshot(protocolVersion) ? NEWEST_PROTOCOL_VERSION : protocolVersion
}

/** Since 1.16.4, snapshots and pre-releases count apart, with this bit set. */
const SNAPSHOT_BIT = 0x40000000

export function isSnapshot(protocolVersion: number): boolean {
  return protocolVersion > 0 && (protocolVersion & SNAPSHOT_BIT) !== 0
}
