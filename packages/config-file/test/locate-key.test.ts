import { describe, expect, it } from 'vitest'
import { keyLocator } from '../src/locate-key.ts'

const TEXT = `# first
domains = ["a",
  "b"]
"quoted key".x = 1
proxy_protocol.add_authority = true

[ timeouts ]
  connect = "3s"
[[listener]]
bind = "1"
[listener.proxy_protocol]
mode = "off"
[[listener]]
proxy_protocol = { mode = "off", inner = { x = 1 } }
text = """
connect = 5
"""
tables = [{ a = 1 }, { b = 2 }]
`

describe('the place of a key', () => {
  it.each([
    [['domains'], 2, 1],
    [['quoted key'], 4, 1],
    [['quoted key', 'x'], 4, 14],
    [['proxy_protocol', 'add_authority'], 5, 16],
    [['timeouts'], 7, 3],
    [['timeouts', 'connect'], 8, 3],
    [['listener'], 9, 3],
    [['listener', '0'], 9, 3],
    [['listener', '0', 'proxy_protocol', 'mode'], 12, 1],
    [['listener', '1'], 13, 3],
    [['listener', '1', 'proxy_protocol', 'mode'], 14, 20],
    [['listener', '1', 'proxy_protocol', 'inner', 'x'], 14, 44],
    [['listener', '1', 'tables', '1', 'b'], 18, 24],
  ])('%j is %i:%i', (path, line, column) => expect(keyLocator(TEXT)(path)).toEqual({ line, column }))
  it('is that of the table around it where the key is not written', () => {
    expect(keyLocator(TEXT)(['timeouts', 'idle'])).toEqual({ line: 7, column: 3 })
    expect(keyLocator(TEXT)(['addresses'])).toBeUndefined()
  })
  it('is that of the first thing below it where only that is written', () => {
    // Both once were a message without a place.
    expect(keyLocator('a = 1\n[x.y]\nb = 1')(['x'])).toEqual({ line: 2, column: 2 })
    expect(keyLocator('a = 1\n[[x]]\nb = 1\n[[x]]')(['x'])).toEqual({ line: 2, column: 3 })
  })
  it('is unknown in what is no TOML', () => expect(keyLocator('[[[')(['x'])).toBeUndefined())
})
