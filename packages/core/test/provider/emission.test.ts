import { describe, expect, it } from 'vitest'
import { type HeldDefinition, readList } from '../../src/provider/definitions.ts'
import { checkEmission } from '../../src/provider/emission.ts'
import type { ServerDefinition } from '../../src/server/definition.ts'
import { validateServer } from '../../src/server/validate-server.ts'

/** The type wants a value for each key that there is. */
const WHOLE: Required<ServerDefinition> = {
  key: 'a',
  source: 'container "a"',
  folder: '/srv',
  values: {
    domains: ['a.example.com'],
    addresses: ['10.0.1.5:25565'],
    proxy_mode: 'client_only',
    forwarding_mode: 'velocity',
  },
  version: '1',
  problems: [],
  withheld: [['server_manager', 'api_key']],
  keepsLastGood: false,
  locate: () => 'label infrarust.domains',
  state: 'online',
  about: 'container "a"',
  mayBeForwarded: true,
  precedence: 7,
}

describe('what a provider emits', () => {
  // Leave to forward was lost here: forwarding = true in [docker] did nothing, and its containers were left out.
  it('keeps every field of a definition', () => {
    const checked = checkEmission({ servers: [WHOLE] })
    if (checked.kind === 'error') throw new Error(checked.message)
    expect(checked.servers).toEqual([{ ...WHOLE, locate: expect.any(Function) }])
  })

  it('is another definition where it says something else, and the same where it does not', () => {
    const list = (definition: ServerDefinition, previous: ReadonlyMap<string, HeldDefinition> = new Map()) =>
      readList({ name: 'panel', writer: 'anyone' }, [definition], previous, validateServer)
    const { held, diagnostics } = list(WHOLE)
    expect(diagnostics).toEqual([])
    expect(list(WHOLE, held).hasChanged).toBe(false)
    const { hasChanged, diagnostics: refused } = list({ ...WHOLE, mayBeForwarded: false }, held)
    expect([hasChanged, refused.map(({ message }) => message).join()]).toEqual([
      true,
      expect.stringContaining('nobody but the operator decides which servers are told who players are'),
    ])
  })
})
