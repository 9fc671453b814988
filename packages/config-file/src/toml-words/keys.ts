import type { Failure } from './failure.ts'
import { PLAIN, SECRET } from './shown-value.ts'

export function writtenTwice({ text, offset, reason, rest }: Failure): string | undefined {
  const [, key] = /^\s*([^=\]\n]{1,60}?)\s*[=\]]/.exec(rest) ?? []
  if (!reason.startsWith('trying to redefine') || key === undefined) return undefined
  const isThere = !key.includes('.') || text.slice(0, offset).includes(key)
  return isThere ? `${key} is written twice` : `${key} cannot stand here: a part of its name has a value already`
}

export function tableHeader({ line, reason }: Failure): string | undefined {
  const [, unopened] = /^\s*([\w.-]{1,60})\]\s*(?:#.*)?$/.exec(line) ?? []
  if (unopened !== undefined) return `the name of the table has no [ before it; write [${unopened}]`
  const [, open = '', name, close = '', behind = ''] =
    /^\s*(\[{1,3})\s*([^[\]=\n#"]{1,60}?)\s*(\]{1,3}|$|(?=#))\s*([^\s#].*)?$/.exec(line) ?? []
  if (name === undefined || open === '') return undefined
  const header = open.length > 1 || close.length > 1 ? `[[${name}]]` : `[${name}]`
  if (open.length !== close.length || open.length > 2) {
    if (close === '') return `the name of the table has no ${open.length > 1 ? ']]' : ']'} behind it; write ${header}`
    return `the name of the table has not as many ] behind as [ before it; write ${header}`
  }
  if (behind !== '') return `write ${header} on a line of its own, and its keys below it`
  return reason.includes('key')
    ? 'the name of a table holds letters, digits, _ and -; anything else in quotation marks'
    : undefined
}

/** `bind: "0.0.0.0"` of YAML, `bind := 1`, `{ x: 1 }`. */
export function colon({ before, rest }: Failure): string | undefined {
  if (!/^\s*:/.test(rest)) return undefined
  const key = /([\w.-]{1,60}|"[^"]{1,60}")\s*$/.exec(before)?.[1]
  if (key === undefined || /=\s*[\w.:-]*$/.test(before)) return undefined
  const value = rest.replace(/^\s*:=?\s*/, '').replace(/[\s,}]*$/, '')
  return `between a key and its value stands = and not a colon, as in YAML or JSON; write ${key} = ${asValue(key, value)}`
}

/** A value of another format as TOML has it, where that is plain to see and may be repeated. */
function asValue(key: string, written: string): string {
  if (SECRET.test(key)) return '…'
  if (/^("[^"\\]{1,60}"|\d{1,15}|true|false)$/.test(written)) return written
  return PLAIN.test(written) ? `"${written}"` : '…'
}

export function noEqualsSign({ line, reason }: Failure): string | undefined {
  if (!reason.includes('key') || reason.startsWith('each key-value')) return undefined
  const [, key, value] = /^\s*([\w.-]{1,60})(?:\s+([^=\n]*))?$/.exec(line) ?? []
  if (key === undefined) return undefined
  if (value !== undefined && /^[\w-]+\s*:/.test(value)) return undefined
  if (value?.startsWith('{')) return `write [${key}] on a line of its own, and its keys below it, without { and }`
  return value === undefined || value.startsWith('#')
    ? `${key} has no = and no value behind it`
    : `there is no = between ${key} and its value; write ${key} = …`
}

export function notAKey({ reason, before, rest }: Failure): string | undefined {
  if (reason.startsWith('unexpected end of key') || (reason.includes('key') && rest.startsWith('=')))
    return 'there is no key before the ='
  if (!/^illegal character in key/.test(reason)) return undefined
  const [, mark] = /^\s*([\]})])/.exec(rest) ?? []
  if (mark !== undefined) {
    return /[[{]/.test(before)
      ? 'values of a list stand in [ and ]; a table in { and } has keys'
      : `there is a ${mark} without one that opens it`
  }
  const [, word] = /^\s*(set|export|let|var|const)\s+$/.exec(before) ?? []
  if (word !== undefined) return `leave ${word} out; a line begins with the key`
  const advice = /[\w-]\s+$/.test(before) && /^[\w-]/.test(rest) ? '; write _ where there is a blank' : ''
  return `a key holds letters from a to z, digits, _ and -${advice}`
}
