import { spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { poll } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { whereNative } from './where-native.ts'

interface Told {
  readonly kind: 'listening' | 'connections' | 'notice' | 'taken' | 'stopped'
  readonly port: number
  readonly notices: readonly string[]
  readonly accepted: number
  readonly finished: number
}

whereNative(() => {
  describe('when descriptors run out', () => {
    it('accepting pauses with one notice and goes on when there are some again', { timeout: 60_000 }, async () => {
      const script = join(import.meta.dirname, 'children/descriptors.ts')
      const child = spawn('sh', ['-c', `ulimit -n 128; exec "${process.execPath}" "${script}"`], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      })
      const told: Told[] = []
      child.on('message', (message: Told) => told.push(message))
      const last = () => told.at(-1)
      const { port } = await poll('the listener', () => told.find(({ kind }) => kind === 'listening'))

      const sockets: Socket[] = []
      const connectSome = (count: number) => {
        for (let index = 0; index < count; index++) sockets.push(connect(port, '127.0.0.1').on('error', () => {}))
      }
      connectSome(10)
      await poll('ten accepted', () => last()?.accepted === 10 || undefined)
      child.send('take')
      await poll('the limit', () => told.find(({ kind }) => kind === 'taken'))
      connectSome(5)
      await poll('the notice', () => last()?.notices.length === 1 || undefined)
      expect(last()?.notices[0]).toContain('EMFILE')
      expect(last()?.accepted).toBe(10)

      child.send('give back')
      await poll('the rest accepted', () => last()?.accepted === 15 || undefined)
      expect(last()?.notices).toHaveLength(1)
      for (const socket of sockets) socket.destroy()
      child.send('stop')
      const stopped = await poll('the end', () => told.find(({ kind }) => kind === 'stopped'))
      expect(stopped.finished).toBe(15)
    })
  })
})
