import { type Failure, keyOf } from './failure.ts'
import { PLAIN, SECRET } from './shown-value.ts'

export function noValue({ before, rest }: Failure): string | undefined {
  const key = keyOf(before)
  if (key === undefined || !/=\s*$/.test(before)) return undefined
  if (/^>/.test(rest)) return `between ${key} and its value stands = alone`
  if (/^\$[\w{(]/.test(rest)) return 'variables of the environment are not filled in here; write the value itself'
  if (/^=/.test(rest)) return `between ${key} and its value stands one =`
  return /^\s*(#.*)?$/.test(rest) ? `${key} has no value behind its =; write one, or leave the key out` : undefined
}

export function wordForTruth(failure: Failure): string | undefined {
  if (failure.reason.startsWith('each key-value') && /["']\s*$/.test(failure.before)) return undefined
  const word = bareValue(failure)?.text
  if (word === undefined || word === 'true' || word === 'false') return undefined
  const plain = word.toLowerCase()
  const meant = { ...TRUTHS, ...UNTRUTHS }
  const value = Object.hasOwn(meant, plain) ? meant[plain] : undefined
  if (value !== undefined)
    return `${word} is no value in TOML; write ${value}, in small letters and without quotation marks`
  if (/^(null|nil|none|undefined|~)$/.test(plain))
    return `${word} is no value in TOML; leave the key out, or write "${plain}" where that is a text it may have`
  return undefined
}

const TRUTHS: Readonly<Record<string, string>> = { true: 'true', yes: 'true', y: 'true', on: 'true', enabled: 'true' }
const UNTRUTHS: Readonly<Record<string, string>> = {
  false: 'false',
  no: 'false',
  n: 'false',
  off: 'false',
  disabled: 'false',
}

export function bareText(failure: Failure): string | undefined {
  const { reason, line, before } = failure
  if (reason.startsWith('integer value') || reason.startsWith('expected comma')) return undefined
  const [, host, address] =
    /^\s*([\w.-]{1,60})\s*=\s*(\[[\da-f:.]*:[\da-f:.]*\](?::\d{1,5})?)\s*(?:#.*)?$/i.exec(line) ?? []
  if (host !== undefined) return `an address stands in quotation marks; write ${host} = "${address}"`
  if (/^\(/.test(failure.rest)) return 'a list stands in [ and ], and not in ( and )'
  const isBehindText = /["']\s*$/.test(before) && reason.startsWith('each key-value')
  if (isBehindText && !/^\s*["']$/.test(failure.rest) && /["']\s*$/.test(failure.rest))
    return String.raw`a text ends at the next quotation mark like its first; write \" for one inside of "…"`
  if (isBehindText && /^\s*["']/.test(failure.rest)) return 'several texts stand in a list: ["…", "…"]'
  const value = bareValue(failure)
  if (value === undefined) return undefined
  const { key, text } = value
  if (isBehindText)
    return 'something stands behind the text; a key and its value have a line to themselves, and a comment begins with #'
  if (/^0\d+$/.test(text)) return `a number has no 0 in front; write ${Number(text)}`
  const isShown = PLAIN.test(text) && !SECRET.test(keyOf(line) ?? '')
  const shown = isShown ? `"${text}"` : text.includes('\\') ? "'…'" : '"…"'
  return `a text, such as an address, a domain or a duration, stands in quotation marks; write ${key === undefined ? '' : `${key} = `}${shown}`
}

/** The value without quotation marks that the place is in, and its key where the value is all that the key has. */
function bareValue({ before, line, rest }: Failure): { readonly key?: string; readonly text: string } | undefined {
  const [, left = ''] = /([^\s,[\]{}="']*)$/.exec(before) ?? []
  const [right = ''] = /^[^\s,[\]{}="']*/.exec(rest) ?? []
  const [, key, whole] = /^\s*([\w.-]{1,60})\s*=\s*([^\s"'[{#][^"'[\]{}#]*?)\s*(?:#.*)?$/.exec(line) ?? []
  if (key !== undefined && whole !== undefined)
    return /^[\p{L}\p{N}.:*/~<(@&%!?^|$-]/u.test(whole) ? { key, text: whole } : undefined
  const text = left + right
  return /^[\p{L}\p{N}.:*/~<(@&%!?^|$-]/u.test(text) ? { text } : undefined
}
