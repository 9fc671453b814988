import { describe, expect, it } from 'vitest'
import { motdRuns } from '../src/page/model/motd-runs.ts'

/** `gold bold:text`, one a run. */
function drawn(description: unknown): readonly string[] {
  return motdRuns(description).map(({ text, color, isBold, isItalic, isUnderlined, isStruck, isObfuscated }) => {
    const flags = Object.entries({ isBold, isItalic, isUnderlined, isStruck, isObfuscated })
    const names = flags.filter(([, isSet]) => isSet).map(([name]) => name.slice(2).toLowerCase())
    return `${[color, ...names].filter((word) => word !== undefined).join(' ')}:${text}`
  })
}

describe('the description of a server', () => {
  it.each<readonly [what: string, description: unknown, runs: readonly string[]]>([
    ['a plain text', 'A Minecraft Server', [':A Minecraft Server']],
    ['codes', '§6gold §lbold§r plain', ['gold:gold ', 'gold bold:bold', ': plain']],
    ['a colour that ends what was set', '§l§nboth§cred', ['bold underlined:both', 'red:red']],
    ['capital codes', '§AGreen', ['green:Green']],
    ['a code that is none', 'a§zb§', [':a', ':b']],
    ['obfuscated and struck letters', '§kxx§r§mno', ['obfuscated:xx', 'struck:no']],
    ['a component', { text: 'a', color: 'aqua', bold: true }, ['aqua bold:a']],
    ['a colour of its own', { text: 'a', color: '#1a2b3c' }, ['#1a2b3c:a']],
    [
      'what is inherited',
      { text: 'a', color: 'red', extra: ['b', { text: 'c', color: 'blue' }] },
      ['red:a', 'red:b', 'blue:c'],
    ],
    ['what is switched off again', { text: '', bold: true, extra: [{ text: 'b', bold: false }] }, [':b']],
    ['a list', [{ text: 'a', color: 'red' }, 'b'], ['red:a', 'red:b']],
    ['codes in a component', { text: '§eyes', color: 'red' }, ['yellow:yes']],
    ['a translation', { translate: 'multiplayer.status.old', fallback: 'Old' }, [':Old']],
    ['nothing', undefined, []],
    ['what is no description', 7n, []],
  ])('is drawn: %s', (_, description, runs) => expect(drawn(description)).toEqual(runs))

  it('takes no colour that is none: it would become a style', () => {
    for (const color of ['url(//evil)', 'red;background:url(x)', '#12345', '#1234567', 'constructor', '__proto__', 5])
      expect(motdRuns({ text: 'a', color })).toMatchObject([{ color: undefined }])
  })
  it('is bounded, however long, deep or chopped it is', () => {
    const sum = (description: unknown): number => motdRuns(description).reduce((all, { text }) => all + text.length, 0)
    expect(sum('x'.repeat(1_000_000))).toBeLessThanOrEqual(1_000)
    expect(motdRuns('§ax'.repeat(100_000)).length).toBeLessThanOrEqual(400)
    let deep: unknown = 'bottom'
    for (let level = 0; level < 100_000; level++) deep = { text: '', extra: [deep] }
    expect(motdRuns(deep)).toEqual([])
  })
})
