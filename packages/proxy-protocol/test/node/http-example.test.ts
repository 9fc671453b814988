import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { connect } from '../../src/node/index.ts'

const examplePath = fileURLToPath(new URL('http-example.ts', import.meta.url))

it('the HTTP example of the README greets the client, not the load balancer', { timeout: 60_000 }, async () => {
  const example = readFileSync(examplePath, 'utf8')
  expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(example)

  const port = await freePort()
  const child = spawn(process.execPath, [examplePath], { env: { ...process.env, PORT: `${port}` }, stdio: 'inherit' })
  try {
    const answer = () => greeting(port).catch(() => '')
    await expect.poll(answer, { timeout: 30_000, interval: 50 }).toContain('Hello 203.0.113.7')
  } finally {
    child.kill()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
})

/** The example takes its port from the environment: one that the system has just given away. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function greeting(port: number): Promise<string> {
  const header = {
    command: 'PROXY',
    source: { address: '203.0.113.7', port: 54321 },
    destination: { address: '198.51.100.2', port: 80 },
  } as const
  // The example listens on all addresses; the system shows 127.0.0.1 as ::ffff:127.0.0.1 there.
  const socket = connect({ port, host: '127.0.0.1' }, header)
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}
