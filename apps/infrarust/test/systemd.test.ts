import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { finish } from './program.ts'
import { Running } from './running.ts'

afterEach(() => vi.unstubAllEnvs())

/** In this order, and the first with the time that `Type=notify-reload` asks for. */
const RELOADED = /^--pid=\d+ READY=1\n--pid=\d+ RELOADING=1 MONOTONIC_USEC=\d+\n--pid=\d+ READY=1\n$/

describe('under systemd', { timeout: 60_000 }, () => {
  it('tells when it is ready, when it reads everything again, and when it stops', async () => {
    const folder = folderWith({ 'bin/systemd-notify': '#!/bin/sh\necho "$@" >>"$NOTIFY_SOCKET"\n' })
    chmodSync(join(folder, 'bin/systemd-notify'), 0o755)
    const told = join(folder, 'told')
    vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env.PATH}`)
    vi.stubEnv('NOTIFY_SOCKET', told)
    const running = new Running(folder)
    const messages = (): string => (existsSync(told) ? readFileSync(told, 'utf8') : '')
    const ready = `--pid=${running.program.pid} READY=1\n`
    await vi.waitFor(() => expect(messages()).toBe(ready), { timeout: 20_000 })
    const { code } = await finish(['reload'], '', { cwd: folder })
    expect(code).toBe(0)
    await vi.waitFor(() => expect(messages()).toMatch(RELOADED), { timeout: 20_000 })
    running.program.kill('SIGTERM')
    expect(await running.exit).toBe(0)
    await vi.waitFor(() => expect(messages()).toMatch(/ STOPPING=1\n$/), { timeout: 20_000 })
  })
})
