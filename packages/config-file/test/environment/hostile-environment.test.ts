import { gatewayKeys } from '@infrarust/core'
import type { KeyTable } from '@infrarust/core/provider'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultGatewayConfig } from '../../src/index.ts'

function namesOf(table: KeyTable<unknown>): readonly string[] {
  return table.rows.flatMap(([, row]) => [row.name, ...(row.kind === 'key' ? [] : namesOf(row.table))])
}

const part = fc.oneof(
  fc.constantFrom(
    ...namesOf(gatewayKeys()),
    '0',
    '1',
    '00',
    '99999999999999999999',
    '',
    'proto',
    '_',
    'port',
    'service',
  ),
  fc.string({ maxLength: 12 }),
)
const name = fc.array(part, { maxLength: 5 }).map((parts) => `INFRARUST_${parts.join('__').toUpperCase()}`)
const value = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'true',
    '5',
    '10.0.0.0/8',
    '[{}]',
    '[[[]]]',
    '{ bind = "0.0.0.0:1" }',
    '{ __proto__ = { mode = "off" } }',
    '"',
    '[',
    '{',
  ),
  fc.string().map((text) => `["${text}", 5]`),
)

describe('whatever is in the environment', () => {
  it('ends in a configuration or in lines that begin with a variable, and changes nothing beside it', () => {
    const environments = fc.dictionary(name, value, { maxKeys: 6 })
    fc.assert(
      fc.property(environments, (environment) => {
        const loaded = defaultGatewayConfig('/etc/infrarust', { environment })
        const lines = loaded.kind === 'problems' ? loaded.problems : []
        for (const line of lines) expect(line).toMatch(/^INFRARUST_|^and \d+ more/)
        if (loaded.kind === 'config') for (const { message } of loaded.warnings) expect(message).toMatch(/^INFRARUST_/)
        expect(loaded.kind).not.toBe('missing')
      }),
      { numRuns: 100 },
    )
    expect(Object.hasOwn(Object.prototype, 'mode')).toBe(false)
  })
  it('takes no time, however much of it is unknown', () => {
    const environment = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`INFRARUST_${'X'.repeat(index)}`, 'x']),
    )
    const long = {
      ...environment,
      [`INFRARUST_${'BIND_'.repeat(20_000)}`]: 'x',
      INFRARUST_BIND: `"${'x'.repeat(100_000)}`,
    }
    expect(defaultGatewayConfig('/', { environment: long })).toMatchObject({ kind: 'problems' })
  })
})
