import { describe, expect, it } from 'vitest'
import { lineReader } from '../src/answer.ts'

const MIB = 1_048_576

function reading(): {
  readonly lines: string[]
  readonly overlong: () => number
  readonly read: (text: string) => void
} {
  const lines: string[] = []
  let count = 0
  const read = lineReader(
    (line) => lines.push(line.length > 20 ? `${line.length} characters` : line),
    () => count++,
  )
  return { lines, overlong: () => count, read }
}

describe('the lines of a stream', () => {
  it('are the same however they are cut', () => {
    const text = 'one\n\ntwo three\nfour\n'
    for (let size = 1; size <= text.length; size++) {
      const { lines, read } = reading()
      for (let at = 0; at < text.length; at += size) read(text.slice(at, at + size))
      expect(lines).toEqual(['one', '', 'two three', 'four'])
    }
  })

  // All of an endless line was kept, and looked through again with each piece of it.
  it('may be endless: what is too long is told once, not kept, and the next line is read', () => {
    const { lines, overlong, read } = reading()
    read('one\n')
    const before = process.memoryUsage().heapUsed
    for (let piece = 0; piece < 512; piece++) read('x'.repeat(MIB))
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * MIB)
    expect([lines, overlong()]).toEqual([['one'], 1])
    read('end\ntwo\nthr')
    read('ee\n')
    expect([lines, overlong()]).toEqual([['one', 'two', 'three'], 1])
  })
  it('may come a character at a time', () => {
    const { lines, read } = reading()
    for (let at = 0; at < 500_000; at++) read('x')
    read('\n')
    expect(lines).toEqual(['500000 characters'])
  })
})
