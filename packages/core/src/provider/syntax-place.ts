import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { thrownStack } from './thrown.ts'

/** More files than a provider is made of. */
const MOST_FILES = 50

/**
 * Where a module, or one that it imports by a path, has its syntax error: `/etc/infrarust/panel.mjs:12`; undefined where that
 * cannot be found out. Node says so itself of TypeScript and CommonJS, and of other modules only where such an error ends it:
 * so that is what is done, by a process that runs nothing of them. Called for what could not be loaded, never before.
 */
export async function placeOfSyntaxError(error: unknown, moduleUrl: string): Promise<string | undefined> {
  if (!(error instanceof SyntaxError)) return undefined
  const told = placeIn(thrownStack(error))
  if (told !== undefined) return told
  const files = [fileOf(moduleUrl)]
  for (const file of files) {
    for (const each of await importsOf(file)) if (files.length < MOST_FILES && !files.includes(each)) files.push(each)
  }
  return await placeInFirst(files)
}

/** The first line of a stack, where Node has put a place before it. */
function placeIn(stack: string): string | undefined {
  const [, url, path, line] = /^(?:(file:\/\/\S+)|(\/.*|[a-z]:\\.*)):(\d+)$/i.exec(stack.split('\n', 1)[0] ?? '') ?? []
  if (line === undefined) return undefined
  return `${url === undefined ? path : fileOf(url)}:${line}`
}

/** Parses one after the other, and ends with the first that it cannot parse. */
const PARSE = `
const { SourceTextModule } = require('node:vm')
for (const file of process.argv.slice(1))
  new SourceTextModule(require('node:fs').readFileSync(file, 'utf8'), { identifier: file })
`

/** Of all these files at once: whoever waits for the message waits for one start of Node. */
async function placeInFirst(files: readonly string[]): Promise<string | undefined> {
  const { execFile } = await import('node:child_process')
  const args = ['--experimental-vm-modules', '--no-warnings', '--eval', PARSE, '--', ...files]
  return await new Promise((resolve) => {
    const options = { timeout: 10_000, maxBuffer: 1_048_576 }
    execFile(process.execPath, args, options, (_, __, stderr) => resolve(placeIn(stderr)))
  })
}

/** The files that it names; found by a look, because what cannot be parsed cannot be read otherwise. */
async function importsOf(file: string): Promise<readonly string[]> {
  const code = await readFile(file, 'utf8').catch(() => '')
  const specifiers = code.matchAll(/(?:\bfrom|\bimport\s*\(?)\s*["'](\.{1,2}\/[^"'\n]+)["']/g)
  return [...specifiers].map(([, specifier = '']) => fileOf(new URL(specifier, `file://${file}`).href))
}

function fileOf(url: string): string {
  return fileURLToPath(url.replace(/[?#].*$/, ''))
}
