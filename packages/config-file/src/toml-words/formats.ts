import { type Failure, LONGEST_LOOK } from './failure.ts'

export function otherFormat({ text, line }: Failure): string | undefined {
  if (/^(<{7}|={7}|>{7})/.test(line))
    return 'these are marks of a merge that was not finished; keep one of the two sides'
  const start = text.slice(0, LONGEST_LOOK).trimStart()
  if (/^(\{|\[\s*[{"])/.test(start)) return `this is JSON; write a key, = and its value on a line each: ${TOML_LINE}`
  if (/^(---|%YAML)/.test(start) || /^\s*-\s/.test(line))
    return `this is YAML; write a key, = and its value on a line each: ${TOML_LINE}`
  if (/^<[?!\w]/.test(start)) return `this is XML or HTML; write a key, = and its value on a line each: ${TOML_LINE}`
  return undefined
}

const TOML_LINE = 'domains = ["survival.example.com"]'

export function otherComment({ rest, line }: Failure): string | undefined {
  const mark = (/^\s*(\/\/|\/\*|;|--|<!--)/.exec(rest) ?? /^\s*(--|%)\s/.exec(line))?.[1]
  return mark === undefined ? undefined : `${mark} begins no comment; write # instead`
}

/** Copied from a web page or a chat: a blank that is none, a character without a width, a byte that is no text. */
export function unseenCharacter({ rest, text, offset }: Failure): string | undefined {
  if (text[offset] === '\r' && text[offset + 1] !== '\n')
    return 'lines end with CR alone; save the file with LF or CR LF'
  const found = /^\s*?([^\S \t\r\n]|[\p{Cf}\p{Cc}])/u.exec(rest)?.[1]?.codePointAt(0)
  if (found === undefined || found === 9 || found === 10 || found === 13) return undefined
  const code = found.toString(16).toUpperCase().padStart(4, '0')
  return `there is a character that cannot be seen (U+${code}); delete it, and write a plain blank where one is meant`
}
