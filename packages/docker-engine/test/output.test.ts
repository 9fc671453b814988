import { describe, expect, it } from 'vitest'
import { linesOf } from '../src/output.ts'

function frame(stream: number, text: string): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

describe('the output of a container', () => {
  it('is told apart into lines, of both streams', () => {
    const output = Buffer.concat([frame(1, 'one\r\ntw'), frame(1, 'o\n'), frame(2, 'wrong\n')])
    expect(linesOf(output)).toEqual(['one', 'two', 'wrong'])
  })
  it('has no frames where the container has a terminal', () => {
    expect(linesOf(Buffer.from('one\r\ntwo\r\n'))).toEqual(['one', 'two'])
  })
  it('may be cut anywhere', () => {
    const output = frame(1, 'one\ntwo\n')
    for (let end = 0; end <= output.length; end++)
      expect('one two').toContain(linesOf(output.subarray(0, end)).join(' ').replaceAll('\u0001', ''))
  })
  // A server writes what players say, and its lines go to a terminal.
  it('keeps no control characters', () => {
    expect(linesOf(Buffer.from('\u001b[31mred\u001b[0m\u0007 \u001b]0;title\u0007\n'))).toEqual(['red   ]0;title'])
  })
})
