import { describe, expect, it } from 'vitest'
import { builtInProvider, integer, type KeyTable, keyTable } from '../../src/entries/provider.ts'
import { gatewayKeys, readGateway, reload } from '../../src/index.ts'

interface Shelf {
  readonly size: number
}

const shelfKeys: KeyTable<Shelf> = keyTable<Shelf>({
  size: {
    kind: 'key',
    from: 'operator',
    name: 'size',
    type: integer({ min: 1, max: 9 }),
    default: 3,
    description: 'How many there are.',
    example: 4,
    reload: 'live',
  },
})

const shelf = builtInProvider<Shelf>({
  name: 'shelf',
  description: 'Servers from a shelf.',
  keys: shelfKeys,
  codeFolder: 'file:///shelf/',
  setKey: (key, value, source) => `${key} to ${value} at ${source}`,
  open: ({ size }, { baseDir }) => ({
    name: 'shelf',
    start: (emit) => emit({ servers: [], diagnostics: [{ level: 'info', message: `${size} in ${baseDir}` }] }),
  }),
})
const PROGRAM = { builtIn: [shelf] }

describe('a built-in provider', () => {
  it('is turned on by its table, even an empty one', () => {
    expect(readGateway({}, { program: PROGRAM }).config.builtInProviders).toEqual([])
    expect(readGateway({ shelf: {} }, { program: PROGRAM }).config.builtInProviders).toMatchObject([
      { name: 'shelf', settings: { size: 3 } },
    ])
  })
  it('is opened with what its table says, and told where paths begin', async () => {
    const emitted: unknown[] = []
    const [configured] = readGateway({ shelf: { size: 5 } }, { program: PROGRAM }).config.builtInProviders
    await configured
      ?.open({ baseDir: '/etc/infrarust' })
      .start((emission) => emitted.push(emission), new AbortController().signal)
    expect(emitted).toMatchObject([{ diagnostics: [{ message: '5 in /etc/infrarust' }] }])
  })
  it.each([
    [{ shelf: { size: 10 } }, 'shelf.size'],
    [{ shelf: true }, 'shelf is true; write a table: [shelf]'],
    [{ shelf: { sise: 1 } }, 'unknown key "shelf.sise"; did you mean "size"?'],
    [{ shelv: {} }, 'unknown key "shelv"; did you mean "shelf"?'],
  ])('has its mistakes told once, with those of the whole file: %j', (written, message) => {
    const { problems } = readGateway(written, { program: PROGRAM })
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)])
  })
  it('is an unknown key to a program that has not built it in', () => {
    expect(readGateway({ shelf: {} }).problems).toMatchObject([{ path: ['shelf'] }])
  })
  it('takes over what its table says while the proxy runs', () => {
    const [running, wanted] = [{}, { size: 7 }].map(
      (table) => readGateway({ shelf: table }, { program: PROGRAM }).config,
    )
    if (running === undefined || wanted === undefined) throw new Error('not read')
    expect(reload(running, wanted)).toEqual({ config: wanted, needRestart: [] })
  })
  it('stands before the providers that are not part of the program', () => {
    expect(
      gatewayKeys(PROGRAM)
        .rows.map(([, row]) => row.name)
        .slice(-2),
    ).toEqual(['shelf', 'provider'])
  })
})
