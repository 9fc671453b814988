#!/usr/bin/env node
process.on('SIGUSR1', () => {}) // Before any import: without a listener this signal opens Node's debugger to every local process.
process.on('SIGHUP', askAgain)

const { existsSync } = await import('node:fs')
const { dirname, join } = await import('node:path')
const { fileURLToPath } = await import('node:url')
const { LAUNCHER, runInFront } = await import('./run-in-front.js')

const OLDEST_NODE = 24

const args = process.argv.slice(2)
const bin = fileURLToPath(import.meta.url)
const isLaunched = process.env[LAUNCHER] === String(process.ppid)

if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) {
  if (isLaunched) answerToLauncher()
  const { keepYoungGenerationSmall } = await import('../dist/parts/young-generation.js')
  keepYoungGenerationSmall()
  const { keepCompiledCode } = await import('./compile-cache.js')
  keepCompiledCode()
  const { main } = await import('../dist/index.js')
  await main(args)
} else {
  // What was found there may be too old itself.
  const newer = isLaunched ? undefined : newerNode(dirname(bin))
  if (newer !== undefined) {
    runInFront(newer, [bin, ...args], process.env)
    process.off('SIGHUP', askAgain)
  } else {
    process.stderr.write(`infrarust: needs Node ${OLDEST_NODE} or newer, this is ${process.version}\n`)
    process.exitCode = 1
  }
}

/** A proxy that is still starting is no reason to end it: a reload waits until the program says what this signal means. */
function askAgain() {
  setTimeout(() => process.kill(process.pid, 'SIGHUP'), 100)
}

/** The Node of the workspace or of the project around it, which the `node` package has installed. */
function newerNode(folder) {
  const found = ['node', 'node.exe'].map((name) => join(folder, 'node_modules/node/bin', name)).find(existsSync)
  const above = dirname(folder)
  return found ?? (above === folder ? undefined : newerNode(above))
}

/** Whoever kills the launcher would leave a proxy without a parent behind, on its port. */
function answerToLauncher() {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.send?.('listens')
  process.channel?.unref()
}
