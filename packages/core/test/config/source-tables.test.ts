import { describe, expect, it } from 'vitest'
import { readGateway } from '../../src/index.ts'

describe('[[provider]]', () => {
  it('names a module and hands its options over as they are', () => {
    const options = { url: 'https://panel.example.com', 'any key': [1, { deep: true }] }
    const { config, problems } = readGateway({ provider: [{ use: './a.ts', options }, { use: 'some-package' }] })
    expect(problems).toEqual([])
    expect(config.providers).toEqual([
      { use: './a.ts', options },
      { use: 'some-package', options: {} },
    ])
  })
  it('must say which one is meant', () => {
    expect(readGateway({ provider: [{ options: {} }] }).problems).toEqual([
      { path: ['provider', '0'], message: '[[provider]] number 1 does not say which; add use = "./my-provider.ts"' },
    ])
  })
  it('refuses options that are no table, without repeating what may be a password', () => {
    expect(readGateway({ provider: [{ use: 'a', options: 's3cret' }] }).problems[0]?.message).toBe(
      'provider[0].options is no table; what it holds is not shown',
    )
  })
})
