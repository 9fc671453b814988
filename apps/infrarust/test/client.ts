import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { decodeLoginDisconnect, decodeStatusReply, decodeTextJson, toPlainText } from '@infrarust/minecraft'
import { loginBytes, statusBytes } from '@infrarust/test-kit'
import { onTestFinished } from 'vitest'

/** A client made of bytes. Ends with the test. */
export async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Everything until the other side ends. */
export async function received(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export interface Pinged {
  readonly socket: Socket
  readonly text: string
  readonly protocol: number
}

/** Asks for a status as the server list does. */
export async function ping(port: number, address: string): Promise<Pinged> {
  const socket = await connected(port)
  socket.write(statusBytes(address))
  const reply = decodeStatusReply(await firstPacket(socket))
  if (reply.kind !== 'decoded' || reply.value.kind !== 'status-response')
    throw new Error(`no status: ${JSON.stringify(reply)}`)
  const status: unknown = JSON.parse(reply.value.json)
  if (typeof status !== 'object' || status === null || !('description' in status) || !('version' in status))
    throw new Error(`an incomplete status: ${reply.value.json}`)
  const { protocol } = status.version as { readonly protocol: number }
  return { socket, text: plain(JSON.stringify(status.description)), protocol }
}

/** Logs in and reads the text of the kick. */
export async function kickText(port: number, address: string, name: string): Promise<string> {
  const socket = await connected(port)
  socket.write(loginBytes(address, name))
  const decoded = decodeLoginDisconnect(await received(socket), 65_536)
  if (decoded.kind !== 'decoded') throw new Error(`no kick: ${JSON.stringify(decoded)}`)
  return plain(decoded.value)
}

function plain(json: string): string {
  const text = decodeTextJson(json)
  if (text.kind !== 'decoded') throw new Error(`no text component: ${json}`)
  return toPlainText(text.value)
}

async function firstPacket(socket: Socket): Promise<Uint8Array> {
  let bytes = Buffer.alloc(0)
  for (;;) {
    const [chunk] = await once(socket, 'data')
    bytes = Buffer.concat([bytes, chunk])
    if (decodeStatusReply(bytes).kind !== 'incomplete') return bytes
  }
}
