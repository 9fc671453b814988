import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Lowering the limit of a running process takes Linux and `prlimit` of util-linux. */
export const canRunOut: boolean = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0

/**
 * Takes every descriptor away from this process: whatever would open one more fails with `EMFILE`, and what is open stays.
 *
 * @returns gives them back
 */
export async function runOutOfDescriptors(): Promise<() => Promise<void>> {
  const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  // It is there before: to start it afterwards would take descriptors. Those below 3 are taken for as long as we live.
  const own = `prlimit --pid ${process.pid}`
  const shell = spawn('sh', [
    '-c',
    `${own} --nofile=3: && echo low && read line && ${own} --nofile=${limit}: && echo back`,
  ])
  await says(shell, 'low')
  return async () => {
    shell.stdin.write('\n')
    await says(shell, 'back')
  }
}

function says(shell: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    shell.stdout?.on('data', (chunk: Uint8Array) => {
      if (String(chunk).includes(word)) resolve()
    })
    shell.once('exit', (code) => reject(new Error(`prlimit ended with ${code} before it said "${word}"`)))
  })
}
