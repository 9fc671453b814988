import { readFileSync } from 'node:fs'
import { Child, folderWith, loginBytes, RawBackend, RawClient } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'

const DOCS = new URL('../../../docs/', import.meta.url)
const EXAMPLES = ['embed.ts', 'embedding.ts']

function textOf(path: string): string {
  return readFileSync(new URL(path, DOCS), 'utf8')
}

/** The examples where they are, with this package as they would find it installed. */
function installed(): string {
  const files = EXAMPLES.map((name): readonly [string, string] => [
    name,
    textOf(`examples/${name}`).replaceAll(/'(@infrarust\/core(?:\/\w+)?)'/g, (_, specifier: string) => {
      return `'${import.meta.resolve(specifier)}'`
    }),
  ])
  return folderWith(Object.fromEntries(files))
}

describe('docs/embed.md', () => {
  it.each(EXAMPLES)('shows %s as it is', (name) => {
    expect(textOf('embed.md')).toContain(`<!-- examples/${name} -->\n\`\`\`ts\n${textOf(`examples/${name}`)}\`\`\`\n`)
  })

  it('shows a program that lets friends play, tells the others, and ends when it is told to', async () => {
    const backend = await RawBackend.start()
    onTestFinished(() => backend.stop())
    const program = new Child(process.execPath, ['embedding.ts'], {
      cwd: installed(),
      env: { ...process.env, BIND: '127.0.0.1:0', BACKEND: `127.0.0.1:${backend.port}` },
    })
    onTestFinished(async () => void (await program.stop('SIGKILL')))
    const listening = await program.line((line) => line.startsWith('listening on port '), 'it listens')
    const port = Number(listening.split(' ').at(-1))
    const steve = await RawClient.open(port)
    onTestFinished(() => steve.destroy())
    steve.send(loginBytes('play.example.com', 'Steve'))
    await steve.receives('hello')
    const stranger = await RawClient.open(port)
    onTestFinished(() => stranger.destroy())
    stranger.send(loginBytes('play.example.com', 'Stranger'))
    await stranger.receives('Friends only.')
    await program.line((line) => line === 'Stranger from 127.0.0.1: player_filtered', 'the record of the stranger')
    expect(await program.stop()).toBe(0)
    expect(program.lines).toContainEqual(expect.stringMatching(/^Steve from 127\.0\.0\.1: /))
  }, 60_000)
})
