import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { folderWith, Running } from './running.ts'

afterEach(() => vi.unstubAllEnvs())

describe('under systemd', { timeout: 60_000 }, () => {
  it('tells when it is ready and when it stops', async () => {
    const folder = folderWith({ 'bin/systemd-notify': '#!/bin/sh\necho "$@" >>"$NOTIFY_SOCKET"\n' })
    chmodSync(join(folder, 'bin/systemd-notify'), 0o755)
    const told = join(folder, 'told')
    vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env.PATH}`)
    vi.stubEnv('NOTIFY_SOCKET', told)
    const running = new Running(folder)
    const messages = (): string => (existsSync(told) ? readFileSync(told, 'utf8') : '')
    const ready = `--pid=${running.program.pid} READY=1\n`
    await vi.waitFor(() => expect(messages()).toBe(ready), { timeout: 20_000 })
    running.program.kill('SIGTERM')
    expect(await running.exit).toBe(0)
    await vi.waitFor(() => expect(messages()).toBe(`${ready}--pid=${running.program.pid} STOPPING=1\n`), {
      timeout: 20_000,
    })
  })
})
