import { describe, expect, it } from 'vitest'
import { docker, engineOf } from '../src/index.ts'

describe('the engine of who starts and stops containers', () => {
  it('is that of [docker]', () => {
    const configured = docker.configure({ endpoint: 'tcp://10.0.0.5:2376', tls: { ca: 'ca.pem' } })
    expect(engineOf([configured])).toEqual({
      endpoint: { kind: 'tcp', host: '10.0.0.5', port: 2376, isTls: false },
      tls: { ca: 'ca.pem', cert: undefined, key: undefined },
    })
  })
  it.each([[[docker.configure({})]], [[]]])('is left to the environment where none is named: %#', (providers) => {
    expect(engineOf(providers)).toEqual({
      endpoint: undefined,
      tls: { ca: undefined, cert: undefined, key: undefined },
    })
  })
})
