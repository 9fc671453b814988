import type { DecodedJson, EndpointJson, TlvJson } from './header-json.ts'
import { parseHex } from './hex.ts'

/** The answer of `decode` for people: a row a field. */
export function headerTable(answer: DecodedJson): string {
  if (answer.ok === null) return rows([['incomplete', `at least ${answer.need} bytes are needed`]])
  if (!answer.ok)
    return rows([
      ['refused', answer.message],
      ['code', answer.code],
      ['offset', String(answer.offset)],
    ])
  return rows([
    ['version', String(answer.version)],
    ['command', answer.command],
    ['family', answer.family],
    ['transport', answer.transport],
    ['source', endpoint(answer.source)],
    ['destination', endpoint(answer.destination)],
    ...answer.tlvs.map((tlv): Row => [tlv.name, tlvText(tlv)]),
    ['header', `${answer.headerLength} bytes`],
  ])
}

type Row = readonly [name: string, value: string]

function rows(table: readonly Row[]): string {
  return table.map(([name, value]) => `${name.padEnd(16)}${value}\n`).join('')
}

function endpoint(json: EndpointJson | null): string {
  if (json === null) return '-'
  if ('path' in json) return JSON.stringify(json.path)
  return json.address.includes(':') ? `[${json.address}]:${json.port}` : `${json.address}:${json.port}`
}

/** Hex, and the text beside it where it is one. */
function tlvText({ value }: TlvJson): string {
  const hex = parseHex(value)
  const text = hex.kind === 'bytes' ? new TextDecoder().decode(hex.bytes) : ''
  return /^[\x20-\x7e]+$/.test(text) ? `${value}  ${JSON.stringify(text)}` : value || '(empty)'
}
