import { readFileSync } from 'node:fs'
import { readTable, validateServer } from '@infrarust/core/provider'
import { describe, expect, it } from 'vitest'
import { withLabels } from '../scripts/label-reference.ts'
import { dockerKeys } from '../src/docker-keys.ts'
import { readContainerLabels } from '../src/labels.ts'

const page = readFileSync(new URL('../../../docs/docker.md', import.meta.url), 'utf8')
const compose = readFileSync(new URL('../../../docs/docker-compose.socket-proxy.yaml', import.meta.url), 'utf8')

const sleeping = ['sleeping-docker.md', 'docker-compose.sleeping.yaml'].map((name) =>
  readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8'),
)

const deployed = readFileSync(new URL('../../../deploy/compose.yaml', import.meta.url), 'utf8')

describe('the compose file in deploy', () => {
  const services = labelBlocks(deployed)
  it('shows two servers by labels that are accepted', () => {
    expect(services).toHaveLength(2)
    for (const labels of services) {
      const container = { name: 'lobby', labels: new Map(Object.entries(labels)) }
      const meaning = readContainerLabels(container, { labelPrefix: 'infrarust', isExposedByDefault: false })
      expect(meaning).toMatchObject({ kind: 'servers', servers: [{ problems: [] }] })
    }
  })
  it('has a socket proxy that passes exactly what the provider asks for, and names it', () => {
    for (const allowed of ['EVENTS: 1', 'PING: 1', 'CONTAINERS: 1', 'POST: 0']) expect(deployed).toContain(allowed)
    const [, endpoint] = /^ +endpoint = "([^"]+)"$/m.exec(deployed) ?? []
    expect(readTable(dockerKeys, { endpoint }).problems).toEqual([])
  })
})

describe('the page on Docker', () => {
  it('lists every label (else: pnpm reference)', () => {
    expect(page).toBe(withLabels(page))
  })

  const [, ...examples] = [...page.matchAll(/^\| `infrarust\.([^`]+)` \|.*\| `([^`]+)` \|$/gm)].map(
    ([, name = '', value = '']) => [name, value] as const,
  )
  it.each(examples)('has an example that is right: %s = %s', (name, value) => {
    const labels = new Map([
      ['infrarust.enable', 'true'],
      [`infrarust.${name}`, value],
    ])
    const meaning = readContainerLabels(
      { name: 'lobby', labels },
      { labelPrefix: 'infrarust', isExposedByDefault: false },
    )
    expect(meaning).toMatchObject({ kind: 'servers', servers: [{ problems: [] }] })
  })

  it.each(labelBlocks(page))('shows labels that are accepted: %j', (labels) => {
    const meaning = readContainerLabels(
      { name: 'lobby', labels: new Map(Object.entries(labels)) },
      { labelPrefix: 'infrarust', isExposedByDefault: false },
    )
    if (meaning.kind === 'ignored') throw new Error(`ignored: ${JSON.stringify(labels)}`)
    for (const { values, problems } of meaning.servers) {
      expect(problems).toEqual([])
      const whole = { domains: ['a.example.com'], addresses: ['10.0.0.1:25565'], ...values }
      expect(validateServer({ key: 'lobby', source: 'docs', values: whole }, 'docker')).toHaveProperty('server')
    }
  })

  it('has a socket proxy that passes exactly what the provider asks for', () => {
    for (const allowed of ['EVENTS: 1', 'PING: 1', 'CONTAINERS: 1', 'POST: 0']) expect(compose).toContain(allowed)
  })
  it('names an endpoint that the configuration takes', () => {
    const [, endpoint] = /endpoint = "([^"]+)"/.exec(page) ?? []
    expect(readTable(dockerKeys, { endpoint }).problems).toEqual([])
  })
})

describe('what is said of containers that sleep', () => {
  it('shows labels that are accepted', () => {
    const blocks = sleeping.flatMap(labelBlocks)
    expect(blocks).toHaveLength(3)
    for (const block of blocks) {
      const labels = new Map(Object.entries({ 'infrarust.enable': 'true', ...block }))
      const meaning = readContainerLabels(
        { name: 'lobby', labels },
        { labelPrefix: 'infrarust', isExposedByDefault: false },
      )
      if (meaning.kind === 'ignored') throw new Error(`ignored: ${JSON.stringify(block)}`)
      for (const { values, problems } of meaning.servers) {
        expect(problems).toEqual([])
        const whole = { domains: ['a.example.com'], ...values }
        expect(validateServer({ key: 'lobby', source: 'docs', values: whole }, 'docker')).toMatchObject({
          server: { serverManager: { type: 'docker', container: 'lobby' } },
        })
      }
    }
  })
})

/** The `labels:` of each service in a page's compose examples, in their map form. */
function labelBlocks(text: string): readonly Readonly<Record<string, string>>[] {
  return [...text.matchAll(/^ +labels:\n((?: +infrarust\..*\n)+)/gm)].map(([, block = '']) =>
    Object.fromEntries(
      [...block.matchAll(/^ +([^:\s]+): "?([^"\n]*)"?$/gm)].map(([, name = '', value = '']) => [name, value]),
    ),
  )
}
