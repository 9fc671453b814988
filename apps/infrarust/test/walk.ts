import { cpSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'

/** What a page of the documentation has its reader do: files to create, and places to change in others. */
export interface Walk {
  readonly files: ReadonlyMap<string, string>
  readonly changes: readonly Change[]
}

/** Some lines of a file, and what they become. */
interface Change {
  readonly file: string
  readonly before: string
  readonly after: string
}

/**
 * Reads the blocks of a page: one whose first line is `// path` is that file, a `diff` block changes the file that its first
 * line `+++ path` names.
 */
export function walkOf(page: string): Walk {
  const blocks = [...page.matchAll(/^```(ts|diff)\n(?:\/\/|\+\+\+) (\S+)\n(.*?)^```/gms)]
  const named = blocks.map(([, kind = '', file = '', text = '']) => ({ kind, file, text }))
  return {
    files: new Map(named.filter(({ kind }) => kind === 'ts').map(({ file, text }) => [file, text])),
    changes: named.filter(({ kind }) => kind === 'diff').flatMap(({ file, text }) => changesOf(file, text)),
  }
}

function changesOf(file: string, diff: string): readonly Change[] {
  return diff.split(/^@@\n/m).map((place) => {
    const lines = place.split('\n').slice(0, -1)
    const without = (sign: string): string =>
      lines
        .filter((line) => !line.startsWith(sign))
        .map((line) => `${line.slice(1)}\n`)
        .join('')
    return { file, before: without('+'), after: without('-') }
  })
}

/** @throws where the lines are not in the text, or more than once */
export function applied({ file, before, after }: Change, text: string): string {
  const at = `\n${text}`.indexOf(`\n${before}`)
  if (at < 0) throw new Error(`${file} has no longer the lines\n${before}`)
  if (`\n${text}`.includes(`\n${before}`, at + 1)) throw new Error(`${file} has more than once the lines\n${before}`)
  return `${text.slice(0, at)}${after}${text.slice(at + before.length)}`
}

/** What is built, and caches. */
const NOT_COPIED = ['dist', 'build', '.vite', '.cache', '.turbo', 'coverage']

/**
 * Copies what building and testing the program needs. Packages of others are those of the tree itself; our own find each
 * other in the copy, because the links between them are relative.
 */
export function copyTree(root: string, to: string): void {
  for (const part of [
    'packages',
    'apps/infrarust',
    'apps/dashboard',
    'docs',
    'package.json',
    'tsconfig.base.json',
    'biome.json',
  ]) {
    cpSync(join(root, part), join(to, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !NOT_COPIED.includes(basename(path)),
    })
  }
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'))
}
