import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it, vi } from 'vitest'
import type { Policy } from '../../src/entries/policy.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'
import { handshake, hex, jsonIn, loginStart } from './packets.ts'
import { Simulation } from './simulation.ts'

const page = readFileSync(new URL('../../../../docs/rate-limits.md', import.meta.url), 'utf8')
const [, example = ''] = /```ts\n(import type \{ Policy \}.*?)```/s.exec(page) ?? []

async function documented(): Promise<Policy> {
  const folder = mkdtempSync(join(tmpdir(), 'core-policy-'))
  try {
    const file = join(folder, 'opening.ts')
    writeFileSync(file, `${example}\nexport default opening\n`)
    const module: { readonly default: Policy } = await import(pathToFileURL(file).href)
    return module.default
  } finally {
    rmSync(folder, { recursive: true })
  }
}

// Players read "you may not connect from this address", and not when to come; those who were transferred got in.
it('the policy of the page about rate limits tells every player when to come, and nobody who only pings', async () => {
  const policies = [await documented()]
  const simulation = new Simulation({
    listener: listenerConfig(),
    servers: [serverTo('a', ['a.example.com'], 1)],
    changes: { policies },
  })
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1, 3), toFake: ['Date'] })
  try {
    for (const intent of ['login', 'transfer'] as const) {
      const client = simulation.accept().send(handshake('a.example.com', intent), loginStart())
      expect(JSON.stringify(jsonIn(client.received))).toContain('Open from 6:00 UTC.')
      expect(client.record).toMatchObject({ reason: 'filtered' })
    }
    simulation.accept().send(handshake('a.example.com', 'status'), hex('0100')).dialled()
    vi.setSystemTime(Date.UTC(2026, 0, 1, 6))
    simulation.accept().send(handshake('a.example.com'), loginStart()).dialled()
  } finally {
    vi.useRealTimers()
  }
})
