/**
 * Checks each published package as its tarball has it: publint for the manifest, attw for the types of every entry.
 * The profile is esm-only because the packages are.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack, publishedPackages, root } from './published.mjs'

const EXPECTED_FILES = ['package/LICENSE', 'package/README.md', 'package/CHANGELOG.md', 'package/dist/index.js']

const tarballs = mkdtempSync(join(tmpdir(), 'infrarust-exports-'))
const faulty = []
for (const { folder, manifest } of publishedPackages()) {
  const tarball = pack(folder, tarballs)
  const isGood = [
    hasFiles(tarball),
    run('publint', ['run', tarball, '--strict']),
    run('attw', [tarball, '--profile', 'esm-only', '--no-emoji']),
  ].every(Boolean)
  process.stdout.write(`${isGood ? 'ok    ' : 'FAULTY'} ${manifest.name}\n`)
  if (!isGood) faulty.push(manifest.name)
}
rmSync(tarballs, { recursive: true })
process.exit(faulty.length === 0 ? 0 : 1)

function hasFiles(tarball) {
  const listed = spawnSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).stdout.split('\n')
  const missing = EXPECTED_FILES.filter((file) => !listed.includes(file))
  const unwanted = listed.filter((file) => /^package\/(test|fixtures)\//.test(file))
  for (const file of missing) process.stdout.write(`${tarball}: ${file} is missing\n`)
  for (const file of unwanted) process.stdout.write(`${tarball}: ${file} does not belong in it\n`)
  return missing.length + unwanted.length === 0
}

function run(command, args) {
  const done = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  if (done.status !== 0) process.stdout.write(`${command} ${args.join(' ')}\n${done.stdout}${done.stderr}`)
  return done.status === 0
}
