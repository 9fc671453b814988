import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { gives, isNot, type Reading, type ValueType } from '../config/value-type.ts'

/** 16 KiB of pixels, which is all that 64 × 64 have without compression, and a little more. */
const FAVICON_MAX_BYTES = 16_896

const PREFIX = 'data:image/png;base64,'
const ACCEPTED = 'write the path of a PNG of 64×64 pixels, or one as data:image/png;base64,…'
const ACCEPTED_DATA =
  'write a PNG of 64×64 pixels as data:image/png;base64,…; only the files of the operator may name the path of one'

/**
 * A server's picture, as `data:image/png;base64,…`. A path is read when the configuration is; it has been made absolute
 * by the loader of the file that names it.
 */
export const favicon: ValueType<string> = {
  name: 'path or data URI of a PNG',
  read(written) {
    if (typeof written !== 'string') return isNot(written, ACCEPTED)
    if (/^https?:/i.test(written)) return isNot(written, `nothing is downloaded; ${ACCEPTED}`)
    if (isPictureItself(written)) return readDataUri(written, ACCEPTED)
    if (!isAbsolute(written)) return isNot(written, `${ACCEPTED}; only a path that begins with / is found from here`)
    return readPicture(written)
  },
  fromText: (label) => label.trim(),
  schema: { type: 'string' },
}

/** The same where a stranger writes it, who must not have files read. */
export const faviconData: ValueType<string> = {
  ...favicon,
  name: 'data URI of a PNG',
  read(written) {
    const isData = typeof written === 'string' && isPictureItself(written)
    return isData ? readDataUri(written, ACCEPTED_DATA) : isNot(written, ACCEPTED_DATA)
  },
}

/** What the Rust Infrarust also takes: the picture's base64 alone. Every PNG begins with these letters. */
const BARE_BASE64 = 'iVBORw0KGgo'

function isPictureItself(written: string): boolean {
  return written.startsWith('data:') || written.startsWith(BARE_BASE64)
}

function readDataUri(written: string, accepted: string): Reading<string> {
  const uri = written.startsWith(BARE_BASE64) ? PREFIX + written : written
  // Clients read base64 without blanks only; TOML's multi-line strings bring line ends along.
  const compact = uri.replaceAll(/\s/g, '')
  if (!compact.startsWith(PREFIX)) return isNot(uri, accepted)
  const base64 = compact.slice(PREFIX.length)
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return isNot(uri, 'its base64 has other characters in it')
  return readPng(Buffer.from(base64, 'base64'), uri)
}

function readPicture(path: string): Reading<string> {
  try {
    // Opening some devices does something, and a pipe that nobody writes would be waited for.
    if (!statSync(path).isFile()) return isNot(path, 'it is no regular file')
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    try {
      // Another file may have taken the name since.
      if (!fstatSync(file).isFile()) return isNot(path, 'it is no regular file')
      const bytes = Buffer.alloc(FAVICON_MAX_BYTES + 1)
      return readPng(bytes.subarray(0, readSync(file, bytes)), path)
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    return isNot(path, `it cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const WIDTH_AT = 16
const HEIGHT_AT = 20
const SIDE_PIXELS = 64

/** @see PNG, sections 5.2 (signature) and 11.2.2 (IHDR, which is always first) */
function readPng(bytes: Buffer, written: string): Reading<string> {
  if (bytes.length > FAVICON_MAX_BYTES) {
    return isNot(written, `the longest picture is ${FAVICON_MAX_BYTES} bytes; save it without metadata`)
  }
  const isPng = bytes.length >= HEIGHT_AT + 4 && bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)
  if (!isPng || bytes.toString('latin1', 12, 16) !== 'IHDR') return isNot(written, `it is no PNG; ${ACCEPTED}`)
  const [width, height] = [bytes.readUInt32BE(WIDTH_AT), bytes.readUInt32BE(HEIGHT_AT)]
  if (width !== SIDE_PIXELS || height !== SIDE_PIXELS) {
    return isNot(written, `it is ${width}×${height} pixels; clients show 64×64 only`)
  }
  return gives(PREFIX + bytes.toString('base64'))
}
