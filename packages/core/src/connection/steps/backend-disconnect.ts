import {
  decodeLoginDisconnect,
  decodeTextJson,
  type Inflate,
  plainFrame,
  stripSectionCodes,
  toPlainText,
  WHOLE_LOGIN_FRAME_MAX_BYTES,
} from '@infrarust/minecraft'
import { mismatchIn } from '../../forwarding/mismatch.ts'
import type { StateOf } from '../state.ts'
import type { Next, Turn } from '../turn.ts'

/** As much of a text as a line of a log has room for. */
const DETAIL_MAX_UNITS = 200

/** The backend refuses the player: that is passed on as it is, and the log says what it was, and what to change where that is known. */
export function passDisconnectOn(
  turn: Turn,
  { server, login }: StateOf<'parleying'>,
  frame: Uint8Array,
  inflate: Inflate | undefined,
): Next {
  const json = jsonOf(frame, inflate)
  const text = json === undefined ? undefined : plainTextOf(json)
  const mismatch = json === undefined ? undefined : mismatchIn(`${json}\n${text}`, { server, login })
  if (text !== undefined && text !== '') turn.noteDetail(text)
  if (mismatch !== undefined) turn.context.notice({ level: 'warn', message: mismatch })
  turn.because(mismatch === undefined ? 'server_closed' : 'forwarding')
  return turn.respondThenClose(frame.slice())
}

function jsonOf(frame: Uint8Array, inflate: Inflate | undefined): string | undefined {
  const plain = plainFrame(frame, inflate, WHOLE_LOGIN_FRAME_MAX_BYTES)
  const decoded = plain.kind === 'decoded' ? decodeLoginDisconnect(plain.value, WHOLE_LOGIN_FRAME_MAX_BYTES) : undefined
  return decoded?.kind === 'decoded' ? decoded.value : undefined
}

/** In one line. A text that is translated by the client is shown by its key. */
function plainTextOf(json: string): string {
  const decoded = decodeTextJson(json)
  const text = decoded.kind === 'decoded' ? toPlainText(decoded.value) : json
  return stripSectionCodes(text === '' ? json : text)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, DETAIL_MAX_UNITS)
}
