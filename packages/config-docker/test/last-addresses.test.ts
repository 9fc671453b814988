import type { ServerDefinition } from '@infrarust/core/provider'
import { describe, expect, it } from 'vitest'
import type { Defined } from '../src/definitions.ts'
import { LastAddresses } from '../src/last-addresses.ts'

const HERE = '172.18.0.2:25565'
const THERE = '172.18.0.3:25565'

const at = (address: string | undefined, more: Partial<ServerDefinition> = {}): Defined => ({
  definition: {
    key: 'lobby',
    source: 'container "lobby"',
    values: { domains: ['lobby.example.com'], ...(address === undefined ? {} : { addresses: [address] }) },
    state: address === undefined ? 'offline' : 'online',
    ...more,
  },
  address,
})
const wrong = (address: string | undefined): Defined => at(address, { problems: ['wrong'] })
/** What only the registry finds: a TLV without a version 2 header. */
const contradicting = (address: string): Defined =>
  at(address, { values: { domains: ['a.b'], addresses: [address], proxy_protocol: { add_authority: true } } })

describe('a container whose labels are wrong now', () => {
  const states: readonly (readonly [title: string, history: readonly Defined[], state: string])[] = [
    ['stays online where its last good version leads to it', [at(HERE), wrong(HERE)], 'online'],
    ['… also after it was stopped in between', [at(HERE), at(undefined), wrong(HERE)], 'online'],
    ['… and however long it stays wrong', [at(HERE), wrong(HERE), wrong(HERE)], 'online'],
    // The registry would go on dialling the old address, which the engine gives to the next container.
    ['is offline at another address', [at(HERE), wrong(THERE)], 'offline'],
    ['is offline where that is found out by the registry', [at(HERE), contradicting(THERE)], 'offline'],
    ['is offline without an address', [at(HERE), wrong(undefined)], 'offline'],
    ['is offline where it never was good', [wrong(HERE)], 'offline'],
    ['is online again once it is good', [at(HERE), wrong(THERE), at(THERE)], 'online'],
  ]
  it.each(states)('%s', (_title, history, state) => {
    const last = new LastAddresses()
    const judged = history.map((defined) => last.judge([defined]))
    expect(judged.at(-1)).toMatchObject([{ state }])
  })
  it('shows its last address while it is not up', () => {
    const last = new LastAddresses()
    last.judge([at(HERE)])
    expect(last.judge([at(undefined)])).toMatchObject([{ state: 'offline', values: { addresses: [HERE] } }])
  })
  // The engine gives it to the next container, which would have been taken for the one that was started.
  it('has no address while it sleeps until a player comes', () => {
    const last = new LastAddresses()
    last.judge([at(HERE)])
    const [asleep] = last.judge([at(undefined, { state: 'online' })])
    expect(asleep?.values).not.toHaveProperty('addresses')
  })
  it('is forgotten once it is gone', () => {
    const last = new LastAddresses()
    last.judge([at(HERE)])
    last.judge([])
    expect(last.judge([wrong(HERE)])).toMatchObject([{ state: 'offline' }])
  })
})
