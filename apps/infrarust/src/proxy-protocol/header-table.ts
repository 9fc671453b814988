import { endpointText } from '@infrarust/core'
import {
  awsVpcEndpointId,
  azurePrivateEndpointLinkId,
  gcpPscConnectionId,
  ssl,
  TLV_TYPES,
  type Tlv,
  tlvName,
} from '@infrarust/proxy-protocol'
import { printable } from '../print/printable.ts'
import type { DecodedJson, EndpointJson } from './header-json.ts'
import { formatHex, parseHex } from './hex.ts'

/** The answer of `decode` for people: a row a field. */
export function headerTable(answer: DecodedJson): string {
  const { form, stream } = answer
  const taken = form === undefined ? '' : rows([['taken for', stream === undefined ? form : `${form}, ${stream}`]])
  return taken + answerTable(answer)
}

function answerTable(answer: DecodedJson): string {
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
    ...answer.tlvs.flatMap(({ type, value }) => tlvRows({ type, value: bytesOf(value) })),
    ['header', `${answer.headerLength} bytes`],
  ])
}

type HeaderRow = readonly [name: string, value: string]

function rows(table: readonly HeaderRow[]): string {
  return table.map(([name, value]) => `${name.padEnd(16)}${printable(value)}\n`).join('')
}

function endpoint(json: EndpointJson | null): string {
  if (json === null) return '-'
  if ('path' in json) return JSON.stringify(json.path)
  return endpointText({ host: json.address, port: json.port })
}

/** The TLVs inside SSL have rows of their own, one level deep: nobody chooses how deep we go. */
function tlvRows(tlv: Tlv): readonly HeaderRow[] {
  const info = tlv.type === TLV_TYPES.SSL ? ssl({ tlvs: [tlv] }) : undefined
  if (info === undefined) return [tlvRow(tlv)]
  const said = [
    info.isEncrypted ? 'encrypted' : 'not encrypted',
    ...(info.hasCertificateOnConnection ? ['client certificate on this connection'] : []),
    ...(info.hasCertificateInSession ? ['client certificate in this session'] : []),
    `verify ${info.verify}`,
  ]
  return [[tlvName(tlv.type), said.join(', ')], ...info.tlvs.map(tlvRow)]
}

/** Hex, and what it says beside it where that is known. */
function tlvRow(tlv: Tlv): HeaderRow {
  const meaning = meaningOf(tlv)
  const hex = formatHex(tlv.value) || '(empty)'
  return [tlvName(tlv.type), meaning === undefined ? hex : `${hex}  ${meaning}`]
}

function meaningOf(tlv: Tlv): string | undefined {
  const only = { tlvs: [tlv] }
  switch (tlv.type) {
    case TLV_TYPES.AWS:
      return quoted(awsVpcEndpointId(only))
    case TLV_TYPES.AZURE:
      return azurePrivateEndpointLinkId(only)?.toString()
    case TLV_TYPES.GCP:
      return gcpPscConnectionId(only)?.toString()
    default:
      return quoted(new TextDecoder().decode(tlv.value))
  }
}

function quoted(text: string | undefined): string | undefined {
  return text !== undefined && /^[\x20-\x7e]+$/.test(text) ? JSON.stringify(text) : undefined
}

/** Of hex that `decode` has written. */
function bytesOf(value: string): Uint8Array {
  const hex = parseHex(value)
  return hex.kind === 'bytes' ? hex.bytes : new Uint8Array(0)
}
