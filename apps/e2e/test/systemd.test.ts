import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { havePeers, SYSTEM_PATH } from '../fixtures/programs.ts'

const UNIT = resolve(import.meta.dirname, '../../../deploy/infrarust.service')
/** In tenths; 1.4 with systemd 252, and each version looks at something else besides. */
const MOST_EXPOSURE = 20

/** What it prints; throws where it does not end with 0. */
function analyze(...args: readonly string[]): string {
  return execFileSync('systemd-analyze', args, { encoding: 'utf8', env: { ...process.env, PATH: SYSTEM_PATH } })
}

describe.runIf(havePeers('the systemd unit', 'systemd-analyze'))('the systemd unit', () => {
  it('has nothing in it that systemd does not understand', () => {
    // systemd wants to see the program; where it is installed is not what is looked at here.
    const unit = readFileSync(UNIT, 'utf8').replaceAll('/usr/bin/infrarust', process.execPath)
    const folder = folderWith({ 'units/infrarust.service': unit })
    expect(analyze('verify', '--man=no', join(folder, 'units/infrarust.service'))).toBe('')
  })
  it('leaves the service little more than it needs', () => {
    const rating = analyze('security', '--offline=true', `--threshold=${MOST_EXPOSURE}`, UNIT)
    expect(rating).toContain('Overall exposure level for infrarust.service')
  })
})
