// Compiles the addon where a C++ compiler is found. Where there is none, or the platform is not Linux, it says so in one
// line and succeeds: `loadNative()` then tells why the native transport is not available, and the node transport serves.
//
//   node native/build.mjs                 build/<platform>-<arch>/node.napi.<libc>.node, when something has changed
//   node native/build.mjs --prebuild      the same into prebuilds/, for publishing
//   node native/build.mjs --sanitize=address|thread   into build/sanitize-…/, for `native/sanitize.mjs`
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const nativeDir = import.meta.dirname
const packageDir = dirname(nativeDir)

const sanitizer = process.argv.find((argument) => argument.startsWith('--sanitize='))?.slice('--sanitize='.length)
const isPrebuild = process.argv.includes('--prebuild')

const FLAGS = ['-std=c++17', '-fPIC', '-shared', '-pthread', '-fno-exceptions', '-fno-rtti', '-fvisibility=hidden']
const WARNINGS = ['-Wall', '-Wextra', '-Wshadow']
const MODES = {
  plain: ['-O2', '-DNDEBUG'],
  address: ['-O1', '-g', '-fno-omit-frame-pointer', '-fsanitize=address,undefined', '-fno-sanitize-recover=undefined'],
  thread: ['-O1', '-g', '-fno-omit-frame-pointer', '-fsanitize=thread'],
}

/** The first compiler that answers; `CXX` is asked first, as everywhere. */
function findCompiler() {
  for (const command of [process.env.CXX, 'c++', 'g++', 'clang++']) {
    if (!command) continue
    const answer = spawnSync(command, ['--version'], { encoding: 'utf8' })
    if (answer.status === 0) return { command, version: answer.stdout.split('\n')[0] }
  }
  return undefined
}

function headersDir() {
  const require = createRequire(import.meta.url)
  return require('node-api-headers').include_dir
}

function libc() {
  return process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc'
}

function outputDir() {
  const platform = `${process.platform}-${process.arch}`
  if (isPrebuild) return join(packageDir, 'prebuilds', platform)
  return join(packageDir, 'build', sanitizer === undefined ? platform : `sanitize-${sanitizer}`)
}

/** Everything that the result depends on, as one number. */
function fingerprint(compiler, arguments_) {
  const hash = createHash('sha256').update(compiler.command).update(compiler.version).update(arguments_.join('\0'))
  for (const file of readdirSync(nativeDir).sort()) hash.update(file).update(readFileSync(join(nativeDir, file)))
  return hash.digest('hex')
}

function build() {
  if (process.platform !== 'linux') return `native transport: not built on ${process.platform}, it is for Linux`
  const compiler = findCompiler()
  if (compiler === undefined) return 'native transport: not built, no C++ compiler found (c++, g++ or clang++)'

  const sources = readdirSync(nativeDir).filter((file) => file.endsWith('.cpp'))
  const mode = MODES[sanitizer ?? 'plain']
  if (mode === undefined) throw new Error(`--sanitize=${sanitizer}: address or thread`)
  const flags = [...FLAGS, ...WARNINGS, ...mode, `-I${headersDir()}`, ...sources.map((file) => join(nativeDir, file))]
  const output = join(outputDir(), `node.napi.${libc()}.node`)
  const stamp = `${output}.stamp`
  const wanted = fingerprint(compiler, flags)
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted)
    return 'native transport: up to date'

  mkdirSync(outputDir(), { recursive: true })
  // Beside its place and renamed: a process that runs the old one keeps it, none ever loads half a file.
  const partial = `${output}.${process.pid}`
  const startedAt = performance.now()
  const result = spawnSync(compiler.command, [...flags, '-o', partial], { encoding: 'utf8' })
  if (result.status !== 0) {
    rmSync(partial, { force: true })
    rmSync(output, { force: true })
    process.stderr.write(result.stderr)
    return `native transport: not built, ${compiler.command} failed`
  }
  renameSync(partial, output)
  writeFileSync(stamp, wanted)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  return `native transport: built with ${compiler.version} in ${seconds} s`
}

console.log(build())
