import type { Status } from './status/verb.ts'

/** `v2 PROXY from 10.0.0.2 (412)`, the latest three; undefined where none came. */
export function headersText(headers: Status['listeners'][number]['headers']): string | undefined {
  if (headers.length === 0) return undefined
  const texts = headers.map(({ header, peer, count }) => `${header} from ${peer} (${count})`)
  return texts.slice(0, 3).join(', ') + (texts.length > 3 ? ', …' : '')
}
