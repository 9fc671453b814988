/**
 * The parts of a handshake's address. Modded clients, Geyser and filtering services append to the name that the player
 * typed, and so does BungeeCord, whose appendix tells a backend who the player is.
 */
export interface AddressParts {
  /** What comes before the first NUL and the first `///`, as sent: case and trailing dots are kept. */
  readonly host: string
  /** From the first `///` to the first NUL: what TCPShield and others append; '' where there is nothing. */
  readonly suffix: string
  readonly markers: Markers
}

/**
 * What follows the first NUL. Only `known` markers may be passed on: anything else there is how a client would forge
 * BungeeCord forwarding data (`host NUL address NUL uuid`) to a backend that trusts its proxy.
 */
export type Markers =
  | { readonly kind: 'none' }
  /** Without their NULs, in their order: `FML`, `FML2`, `FML3`, `FORGE`, `FORGE2`, `^Floodgate^…`. */
  | { readonly kind: 'known'; readonly names: readonly string[] }
  | { readonly kind: 'unknown'; readonly text: string }

export function splitAddress(address: string): AddressParts {
  const nul = address.indexOf('\0')
  // Floodgate's data is Base64, which may hold `///`: only what precedes the markers is searched.
  const name = nul === -1 ? address : address.slice(0, nul)
  const slashes = name.indexOf('///')
  return {
    host: slashes === -1 ? name : name.slice(0, slashes),
    suffix: slashes === -1 ? '' : name.slice(slashes),
    markers: nul === -1 ? NO_MARKERS : readMarkers(address.slice(nul + 1)),
  }
}

const NO_MARKERS: Markers = Object.freeze({ kind: 'none' })

/** FML is Forge up to 1.12, FML2 up to 1.17, FML3 up to 1.20.1, FORGE and a number after that. */
const KNOWN_MARKER = /^(?:FML[0-9]*|FORGE[0-9]*|\^Floodgate\^[^\0]*)$/

function readMarkers(text: string): Markers {
  const names = text.split('\0')
  // The FML family ends in a NUL of its own, FORGE does not.
  if (names.length > 1 && names.at(-1) === '') names.pop()
  // Whoever appends to such an address begins with a NUL of its own.
  const parts = names.filter((name, index) => name !== '' || index === 0 || index === names.length - 1)
  return parts.every((name) => KNOWN_MARKER.test(name)) ? { kind: 'known', names: parts } : { kind: 'unknown', text }
}
