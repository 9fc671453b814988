import { describe, expect, it } from 'vitest'
import { validateServer } from '../../src/entries/provider.ts'

const VALUES = { domains: ['a.example.com'], addresses: ['unix:/run/paper.sock', '10.0.1.5:25565'] }

function definition(more: object = {}) {
  return { key: 'a', source: 'servers/a.toml', values: { ...VALUES, ...more } }
}

describe('a server at a Unix socket', () => {
  it('is taken from the files of the operator', () => {
    expect(validateServer(definition(), 'file', 'operator')).toMatchObject({
      server: {
        addresses: [
          { host: 'unix:/run/paper.sock', port: undefined },
          { host: '10.0.1.5', port: 25_565 },
        ],
      },
    })
  })

  it('is refused from anybody else, with a line', () => {
    expect(validateServer(definition(), 'custom', 'anyone')).toEqual({
      problems: [
        {
          path: ['addresses'],
          message:
            'addresses holds "unix:/run/paper.sock"; a Unix socket is for the files of the operator alone; write addresses in servers/*.toml, or another address here',
        },
      ],
    })
  })

  it('has no host that could be written into the handshake', () => {
    expect(validateServer(definition({ domain_rewrite: 'from_backend' }), 'file', 'operator')).toMatchObject({
      problems: [{ path: ['domain_rewrite'], message: expect.stringContaining('unix:/run/paper.sock, has no host') }],
    })
  })
})
