import { printable } from '../print/printable.ts'
import { table } from '../print/table.ts'
import type { Diagnosis } from './diagnose.ts'

/** The verdicts for people: a row for each address of each server, then what to change. */
export function doctorTable(diagnoses: readonly Diagnosis[]): string {
  const rows = diagnoses.flatMap(({ id, verdict, send_proxy_protocol: sends, endpoints }) =>
    (endpoints.length === 0 ? [NO_ENDPOINT] : endpoints).map(({ address, none, v1, v2 }) => [
      id,
      verdict,
      sends === false ? 'no header' : `v${sends}`,
      address,
      none,
      v1,
      v2,
    ]),
  )
  const fixes = diagnoses.filter(({ fix }) => fix !== null).map(({ id, fix }) => `\n${printable(`${id}: ${fix}`)}\n`)
  return table([['SERVER', 'VERDICT', 'SENDS', 'ADDRESS', 'WITHOUT', 'WITH V1', 'WITH V2'], ...rows]) + fixes.join('')
}

const NO_ENDPOINT = { address: '-', none: '-', v1: '-', v2: '-' }
