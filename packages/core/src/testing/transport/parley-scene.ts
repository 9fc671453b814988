import { attempt, awaitMore, relay } from './moves.ts'
import type { Peer } from './peer.ts'
import type { Observed } from './scripted-handler.ts'
import type { Stage } from './stage.ts'

/** More than all kernel buffers on the way take. */
export const FLOOD_BYTES: number = 64 << 20
/** What may be under way when a reader stands still. */
export const UNDER_WAY_BYTES: number = 40 << 20

export interface Parleyed {
  readonly client: Peer
  readonly backend: Peer
  readonly connection: Observed
}

/** A parley whose attempt stands, and about which the test decides: the backend got `head` and sent its first bytes. */
export async function dialled(stage: Stage, first = '!', options: Parameters<typeof relay>[2] = {}): Promise<Parleyed> {
  const server = await stage.backend()
  const client = await stage.client()
  const connection = await stage.connection(stage.clientCount - 1)
  stage.decide(connection, dialTo(stage, server.address, options))
  const backend = await server.peer(0)
  await backend.untilText('head')
  if (first !== '') {
    backend.send(first)
    await connection.until('dialled')
  }
  return { client, backend, connection }
}

export function dialTo(
  stage: Stage,
  address: Parameters<typeof attempt>[0],
  options: Parameters<typeof relay>[2] = {},
): ReturnType<typeof relay> {
  return relay(stage.transport.now(), [attempt(address, 'head')], { ...options, parley: true })
}

/** Waits until the deadline of another connection: a time in which nothing was to happen. */
export async function anotherDeadline(stage: Stage): Promise<void> {
  await stage.client()
  const clock = await stage.connection(stage.clientCount - 1)
  stage.decide(clock, awaitMore(stage.transport.now(), { inMs: 300 }))
  await clock.until('deadline')
}

/** Step by step: all of it takes a loaded machine longer than the suite waits for anything. */
export async function untilFlooded(peer: Peer, bytes: number): Promise<void> {
  for (let step = 0; step < bytes; step += 8 << 20) await peer.untilBytes(step)
  await peer.untilBytes(bytes)
}

/** What a peer has sent and the kernel has not taken. */
export function left({ socket }: Peer): number {
  return socket.writableLength
}
