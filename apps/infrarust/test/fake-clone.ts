import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { folderWith } from '@infrarust/test-kit'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** Stands in for the program: says as JSON how it was run, and ends with the code that it is given. */
const PROGRAM = `
import { text } from 'node:stream/consumers'
const [code = '0', ...args] = process.argv.slice(2)
const run = { pid: process.pid, ppid: process.ppid, node: process.execPath, cwd: process.cwd(), args, NODE_PATH: process.env.NODE_PATH }
process.stdout.write(JSON.stringify({ ...run, input: await text(process.stdin) }) + '\\n')
process.exitCode = Number(code)
`

/** Stands in for pnpm: notes what it was asked for, makes what would come of it, and is as talkative as pnpm is. */
const PNPM = `
const { appendFileSync, existsSync, mkdirSync, symlinkSync } = require('node:fs')
const [command] = process.argv.slice(2)
appendFileSync('asked', 'begin ' + process.argv.slice(2).join(' ') + '\\n')
console.log('pnpm on standard output')
console.error('pnpm on standard error')
if (existsSync('offline')) process.exit(3)
mkdirSync('node_modules/node/bin', { recursive: true })
if (!existsSync('node_modules/node/bin/node')) symlinkSync(process.execPath, 'node_modules/node/bin/node')
if (command === 'exec') for (const part of ['apps/infrarust', 'packages/one']) mkdirSync(part + '/dist', { recursive: true })
appendFileSync('asked', 'end\\n')
`

/** A clone with the two launchers as they are, and stand-ins for pnpm and the program: nothing is downloaded or built. */
export interface FakeClone {
  readonly folder: string
  readonly command: string
  /** What has the launchers take the stand-in for the pnpm that has started them. */
  readonly env: NodeJS.ProcessEnv
  /** What pnpm was asked for until now, one line at its begin and one at its end. */
  readonly asked: () => readonly string[]
}

/** @param program the real one, or a stand-in that says how it was run */
export function fakeClone(program: 'real' | 'stand-in'): FakeClone {
  const folder = folderWith({
    'package.json': '{"packageManager":"pnpm@0.0.0"}',
    'pnpm-lock.yaml': '',
    'tsconfig.base.json': '',
    'packages/one/package.json': '{}',
    'packages/one/src/deep/a.ts': '',
    'packages/one/src/b.ts': '',
    'apps/infrarust/package.json': '{"type":"module"}',
    'apps/infrarust/src/main.ts': '',
    'pnpm.cjs': PNPM,
    ...(program === 'stand-in' ? { 'apps/infrarust/bin/infrarust.js': PROGRAM } : {}),
  })
  cpSync(join(ROOT, 'infrarust'), join(folder, 'infrarust'))
  chmodSync(join(folder, 'infrarust'), 0o755)
  const parts = ['prepare.mjs', 'start.mjs', ...(program === 'stand-in' ? ['bin/run-in-front.js'] : [])]
  for (const part of parts) cpSync(join(ROOT, 'apps/infrarust', part), join(folder, 'apps/infrarust', part))
  if (program === 'real') {
    // Read as what it leads to, so that it finds the rest of the program.
    mkdirSync(join(folder, 'apps/infrarust'), { recursive: true })
    symlinkSync(join(ROOT, 'apps/infrarust/bin'), join(folder, 'apps/infrarust/bin'))
  }
  return {
    folder,
    command: join(folder, 'infrarust'),
    env: { npm_execpath: join(folder, 'pnpm.cjs') },
    asked: () => {
      try {
        return readFileSync(join(folder, 'asked'), 'utf8').trimEnd().split('\n')
      } catch {
        return []
      }
    },
  }
}
