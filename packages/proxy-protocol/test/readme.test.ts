import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'

const packageDirectory = fileURLToPath(new URL('..', import.meta.url))

/** Runs the code blocks of a page as one program each, inside this package, so that they import it by its name. */
function outputs(page: string): string[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)
  const directory = mkdtempSync(`${packageDirectory}/test/readme-`)
  try {
    return blocks
      .filter((code) => code.includes('console.log'))
      .map((code, index) => {
        const path = `${directory}/block-${index}.ts`
        writeFileSync(path, code)
        return execFileSync(process.execPath, [path], { encoding: 'utf8', timeout: 60_000 })
      })
  } finally {
    rmSync(directory, { recursive: true })
  }
}

it('the example of the README runs and prints what it should', { timeout: 120_000 }, () => {
  expect(outputs(`${packageDirectory}/README.md`)).toEqual([
    "{ address: '203.0.113.7', port: 54321 } then 5 bytes\n28\n",
  ])
})

it('the examples of the page about the codec run and print what they should', { timeout: 240_000 }, () => {
  expect(outputs(fileURLToPath(new URL('../../../docs/codec.md', import.meta.url)))).toEqual([
    'wait: a header has 30 bytes at least\n' +
      'hang up: the data starts with neither PROXY protocol signature (at byte 0)\n' +
      'unspecified; the payload begins at byte 15\n',
    "2001:db8::7 port 54321\n{ address: '::ffff:127.0.0.1', port: 25565 }\n",
    '"PROXY TCP4 203.0.113.7 198.51.100.2 54321 25565\\r\\n"\n64\n0d0a0d0a000d0a515549540a20000000\n',
    "[ 'SSL' ]\nTLSv1.3 undefined\n",
  ])
})

it('the server of the README greets the client whom a header names', { timeout: 120_000 }, async () => {
  const blocks = [...readFileSync(`${packageDirectory}/README.md`, 'utf8').matchAll(/```ts\n(.*?)```/gs)]
  const code = blocks.map(([, block = '']) => block).filter((block) => block.includes('createServer'))
  expect(code).toHaveLength(1)
  const directory = mkdtempSync(`${packageDirectory}/test/readme-`)
  onTestFinished(() => rmSync(directory, { recursive: true }))
  writeFileSync(`${directory}/server.ts`, code.join(''))
  const port = await freePort()
  const server = spawn(process.execPath, [`${directory}/server.ts`], { env: { ...process.env, PORT: String(port) } })
  onTestFinished(() => void server.kill('SIGKILL'))
  const greeting = async (): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    socket.end('PROXY TCP4 203.0.113.7 198.51.100.2 54321 80\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    return await text(socket)
  }
  await vi.waitFor(async () => expect(await greeting()).toContain('Hello 203.0.113.7'), { timeout: 60_000 })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0), 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
