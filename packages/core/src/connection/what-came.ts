import { describeMalformed, type Malformed } from '@infrarust/minecraft'
import { beginsHeader } from '@infrarust/proxy-protocol'

/**
 * What the first bytes of a client are, where they are no Minecraft: for the record and the log, so that nobody has to
 * capture packets to find out who knocks at the wrong door.
 *
 * @param bytes what has come so far; it may be little, since a client is refused at the first byte that decides
 * @returns words such as "an HTTP request", or undefined where they are nothing that is known here
 */
export function knownProtocol(bytes: Uint8Array): string | undefined {
  const text = textOf(bytes)
  return PROTOCOLS.find(({ isIt }) => isIt(text))?.name
}

/** The beginning of a PROXY header, and of nothing else: `PRI * HTTP/2.0` and `PROPFIND` share its first two bytes. */
export function looksLikeHeader(bytes: Uint8Array): boolean {
  return beginsHeader(bytes) === 'yes' && HEADERS.some((opening) => begins(textOf(bytes), opening))
}

/** What was wrong with a first message, in one line: the other protocol that it is, or the fault in this one. */
export function openingFault(bytes: Uint8Array, fault: Malformed): string {
  const known = knownProtocol(bytes)
  if (known !== undefined) return `${known} came instead of a Minecraft handshake`
  if (fault.code === 'intent') return `a handshake with a next state that is none (1 is status, 2 login, 3 transfer)`
  return `not a Minecraft handshake: ${describeMalformed(fault)}; ${beginning(bytes)}`
}

/** For what is nothing known. */
export function beginning(bytes: Uint8Array): string {
  return `it begins ${Buffer.from(bytes.subarray(0, SHOWN_BYTES)).toString('hex')}`
}

const LONGEST_BYTES = 32
/** Enough to look at, and not so much that a log line would carry what a stranger wants in it. */
const SHOWN_BYTES = 16

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, LONGEST_BYTES)).toString('latin1')
}

/** RakNet's magic, in every packet before a connection: Bedrock clients, and those who ask for their servers. */
const RAKNET_MAGIC = '\x00\xff\xff\x00\xfe\xfe\xfe\xfe\xfd\xfd\xfd\xfd\x12\x34\x56\x78'
const HTTP_METHODS = [
  ...['GET ', 'POST ', 'HEAD ', 'PUT ', 'OPTIONS ', 'CONNECT ', 'DELETE ', 'PATCH ', 'TRACE ', 'PROPFIND '],
  'PRI * ',
]
const HEADERS = ['PROXY ', '\r\n\r\n\0\r\nQUIT\n']
const SOCKS = ['\x05\x01\x00', '\x05\x02\x00', '\x04\x01']

const PROTOCOLS: readonly { readonly name: string; isIt(text: string): boolean }[] = [
  // By as much as there is of it: a frame of 71 bytes with the packet id 0x45 is none of ours either.
  { name: 'an HTTP request', isIt: (text) => HTTP_METHODS.some((method) => begins(text, method)) },
  { name: 'a TLS handshake', isIt: (text) => text.startsWith('\x16\x03') },
  { name: 'an SSH greeting', isIt: (text) => begins(text, 'SSH-') },
  { name: 'a remote desktop (RDP) request', isIt: (text) => text.startsWith('\x03\x00\x00') },
  { name: 'a RakNet packet (Bedrock, which speaks UDP)', isIt: (text) => text.includes(RAKNET_MAGIC) },
  { name: 'a query packet (which belongs on UDP)', isIt: (text) => text.startsWith('\xfe\xfd') },
  { name: 'a SOCKS greeting', isIt: (text) => SOCKS.some((opening) => begins(text, opening)) },
]

/** Two characters of a word may be all that had come. */
function begins(text: string, word: string): boolean {
  return text.length < word.length ? text.length >= 2 && word.startsWith(text) : text.startsWith(word)
}
