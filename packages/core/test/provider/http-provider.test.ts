import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import '../../../../docs/examples/http-provider.test.ts'
import { loadProvider, validateServer } from '../../src/entries/provider.ts'
import { ProviderRegistry } from '../../src/index.ts'
import { HttpSource } from './http-source.ts'

const EXAMPLE = new URL('../../../../docs/examples/http-provider.ts', import.meta.url)
const ITS_TEST = new URL('../../../../docs/examples/http-provider.test.ts', import.meta.url)
const PAGE = new URL('../../../../docs/write-a-provider.md', import.meta.url)

describe('the example of the documentation', () => {
  const code = readFileSync(EXAMPLE, 'utf8')

  it('stands in the page as it is, in under sixty lines', () => {
    expect(readFileSync(PAGE, 'utf8')).toContain(`<!-- examples/http-provider.ts -->\n\`\`\`ts\n${code}\`\`\`\n`)
    expect(code.trimEnd().split('\n').length).toBeLessThan(60)
    const test = readFileSync(ITS_TEST, 'utf8')
    expect(readFileSync(PAGE, 'utf8')).toContain(`<!-- examples/http-provider.test.ts -->\n\`\`\`ts\n${test}\`\`\`\n`)
  })

  it('serves a domain, loaded by its path', async () => {
    const source = await HttpSource.start()
    source.entries.set('lobby', { name: 'lobby', domains: ['lobby.example.com'], addresses: ['127.0.0.1:25566'] })
    const loaded = await loadProvider('./http-provider.ts', { url: source.url }, dirname(fileURLToPath(EXAMPLE)))
    if (loaded.kind === 'failed') throw new Error(loaded.message)
    const registry = new ProviderRegistry({ validate: validateServer, log: () => {} })
    registry.use([loaded.provider])
    await expect
      .poll(() => registry.route('lobby.example.com'), { timeout: 20_000 })
      .toMatchObject({ kind: 'server', server: { id: 'lobby', provider: 'http' } })
    registry.stop()
    await source.stop()
  })

  it('says which option is wrong', async () => {
    const baseDir = dirname(fileURLToPath(EXAMPLE))
    expect(await loadProvider('./http-provider.ts', { url: 'here' }, baseDir)).toEqual({
      kind: 'failed',
      message: 'provider "./http-provider.ts" refuses its options: url is missing; write url = "https://…"',
    })
  })
})
