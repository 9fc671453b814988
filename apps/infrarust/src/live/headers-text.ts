import { isRecord } from '../control/protocol.ts'
import { cell, count } from './item.ts'

/** `v2 PROXY from 10.0.0.2 (412)`, the latest three; undefined where none came. */
export function headersText(headers: unknown): string | undefined {
  if (!Array.isArray(headers) || headers.length === 0) return undefined
  const texts = headers
    .filter(isRecord)
    .map((each) => `${cell(each, 'header')} from ${cell(each, 'peer')} (${count(each, 'count')})`)
  return texts.slice(0, 3).join(', ') + (texts.length > 3 ? ', …' : '')
}
