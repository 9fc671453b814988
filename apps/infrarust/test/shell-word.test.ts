import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printable } from '../src/print/printable.ts'
import { shellWord } from '../src/print/shell-word.ts'

describe('a word for a command line', () => {
  it.each([
    ['Steve', 'Steve'],
    ['.Bedrock_1', '.Bedrock_1'],
    ['203.0.113.0/24', '203.0.113.0/24'],
    ['.Bed Rock', "'.Bed Rock'"],
    ['', "''"],
    ["o'Neill", "'o'\\''Neill'"],
    ['$(reboot)', "'$(reboot)'"],
    ['No\u200btch', "$'No\\u200btch'"],
    ['a\u00a0b', "$'a\\u00a0b'"],
    ["\ufeffo'\\", "$'\\ufeffo\\'\\\\'"],
  ])('%j is %s', (text, word) => expect(shellWord(text)).toBe(word))

  it('says to a shell what it was made from, and has nothing in it that cannot be seen', () => {
    const texts = fc
      .sample(fc.string({ unit: 'binary', maxLength: 16 }), 300)
      .concat(fc.sample(fc.string({ unit: fc.constantFrom(...` a'"\\$\`!*;&|\u200b\u00a0\u{e0001}`) }), 300))
      // No argument of a program can have NUL.
      .filter((text) => text.isWellFormed() && !text.includes('\0'))
    for (const text of texts) expect(printable(shellWord(text))).toBe(shellWord(text))
    const script = `printf '%s\\0' ${texts.map(shellWord).join(' ')}`
    const env = { ...process.env, LC_ALL: 'C.UTF-8' }
    const read = execFileSync('/bin/bash', ['-c', script], { encoding: 'utf8', env }).split('\0')
    expect(read).toEqual([...texts, ''])
  })
})
