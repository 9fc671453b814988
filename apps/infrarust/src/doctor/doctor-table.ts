import { printable } from '../print/printable.ts'
import { table } from '../print/table.ts'
import type { Diagnosis } from './diagnose.ts'
import type { PowerFindings } from './power-findings.ts'

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
  const powers = diagnoses.flatMap(({ id, power }) => (power === undefined ? [] : [powerText(id, power)]))
  return [
    table([['SERVER', 'VERDICT', 'SENDS', 'ADDRESS', 'WITHOUT', 'WITH V1', 'WITH V2'], ...rows]),
    ...fixes,
    ...powers,
  ].join('')
}

/** Who starts and stops it, and what is to change there. */
function powerText(id: string, { type, state, checks }: PowerFindings): string {
  const faults = checks.filter(({ ok }) => !ok)
  const said = (faults.length === 0 ? checks : faults).map(({ text }) => text).join('; ')
  return `\n${printable(`${id}: server_manager, type = "${type}": ${faults.length === 0 ? 'ok' : 'to be mended'}, ${state}${said === '' ? '' : `: ${said}`}`)}\n`
}

const NO_ENDPOINT = { address: '-', none: '-', v1: '-', v2: '-' }
