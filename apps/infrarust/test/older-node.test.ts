import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connected } from './client.ts'
import { finish, type Program, start } from './program.ts'

/** Makes the process that is started first, and no other one, take itself for an older Node. */
const AS_OLDER_NODE = [
  '--import',
  "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})",
]

async function running(): Promise<{ readonly program: Program; readonly port: number }> {
  const program = start(['--bind', '127.0.0.1:0'], { cwd: folderWith({}), nodeOptions: AS_OLDER_NODE })
  onTestFinished(() => void program.kill('SIGTERM'))
  const [line] = await once(createInterface({ input: program.stdout }), 'line')
  return { program, port: JSON.parse(line).port }
}

// The machine's own Node is 20 where the README begins, and `bin` is what package.json names.
describe('the program, started by an older Node', { timeout: 60_000 }, () => {
  it('runs on the Node of the workspace, with its input, its output and its exit code', async () => {
    const options = { nodeOptions: AS_OLDER_NODE }
    expect(await finish(['proxy-protocol', 'decode', '--json'], '0d0a\n', options)).toEqual({
      code: 0,
      stdout: '{"ok":null,"need":16}\n',
      stderr: '',
    })
    expect((await finish(['chek'], '', options)).code).toBe(1)
  })
  it('stops in order when the process that was started is asked to', async () => {
    const { program, port } = await running()
    ;(await connected(port)).destroy()
    program.kill('SIGTERM')
    expect(await once(program, 'close')).toEqual([0, null])
    await expect(connected(port)).rejects.toThrow('ECONNREFUSED')
  })
  it('leaves its port when the process that was started is killed', async () => {
    const { program, port } = await running()
    program.kill('SIGKILL')
    await once(program, 'exit')
    const isThere = async (): Promise<boolean> =>
      connected(port).then(
        (socket) => {
          // A proxy that ends resets whoever still waits for it.
          socket.destroy()
          return true
        },
        () => false,
      )
    await expect.poll(isThere, { timeout: 30_000 }).toBe(false)
  })
  it('says what it needs where the one that it has found is too old as well', async () => {
    const env = { INFRARUST_LAUNCHER: String(process.pid) }
    const { code, stderr } = await finish([], '', { nodeOptions: AS_OLDER_NODE, env })
    expect(stderr).toMatch(/^infrarust: needs Node 24 or newer, this is v\S+\n$/)
    expect(code).toBe(1)
  })
})
