import type { Markers } from '../handshake-address.ts'
import type { ProfileProperty } from '../profile.ts'

/**
 * The address field for a backend that reads no forwarding from it: the host with the client's markers behind it, which
 * is where Forge and Floodgate look for them. Markers that are not known are left out: they could be a forged forwarding.
 */
export function addressWithMarkers(host: string, markers: Markers): string {
  return host + markersText(markers, () => true)
}

/**
 * Forge's markers as properties, for BungeeCord's forwarding: `extraData` with U+0001 for each NUL, and for Forge up to
 * 1.12 the `forgeClient` that Velocity sends.
 */
export function forgeProperties(markers: Markers): readonly ProfileProperty[] {
  const text = markersText(markers, isForge)
  if (text === '') return []
  const extraData = { name: 'extraData', value: text.replaceAll('\0', '\x01'), signature: '' }
  return text.startsWith('\0FML\0') ? [{ name: 'forgeClient', value: 'true' }, extraData] : [extraData]
}

/** Markers as they stand behind a host. Those of the FML family end in a NUL of their own, FORGE does not. */
function markersText(markers: Markers, isWanted: (name: string) => boolean): string {
  if (markers.kind !== 'known') return ''
  const names = markers.names.filter((name) => name !== '' && isWanted(name))
  const end = names.at(-1)?.startsWith('FML') ? '\0' : ''
  return names.map((name) => `\0${name}`).join('') + end
}

function isForge(name: string): boolean {
  return name.startsWith('FML') || name.startsWith('FORGE')
}
