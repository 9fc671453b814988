import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { canonical, type InternetAddress, type SocketAddress } from '@infrarust/core'
import {
  type Attempt,
  type BoundName,
  boundName,
  isUnixName,
  type ListenOptions,
  removeName,
  removeStaleSocket,
  unixPath,
} from '@infrarust/core/transport'
import type { Binding, Engine } from './binding.ts'
import { systemError } from './errors.ts'
import type { Orders } from './orders.ts'

/** A listening socket, which all threads accept from. */
export interface Listener {
  readonly name: string
  readonly address: SocketAddress
}

interface Bound extends Listener {
  /** Of one on a Unix socket. */
  readonly socket: BoundName | undefined
  /** Threads that have not let go of it. */
  threadsLeft: number
  isClosing: boolean
  readonly closed: PromiseWithResolvers<void>
}

/** The listening sockets of a transport, by the number that reports name them with. */
export class Listeners {
  readonly #binding: Binding
  readonly #engine: Engine
  readonly #threads: readonly Orders[]
  readonly #bound = new Map<number, Bound>()
  #last = 0

  constructor(binding: Binding, engine: Engine, threads: readonly Orders[]) {
    this.#binding = binding
    this.#engine = engine
    this.#threads = threads
  }

  get size(): number {
    return this.#bound.size
  }

  get(index: number): Listener | undefined {
    return this.#bound.get(index)
  }

  /** @throws the system's error where the address cannot be bound */
  async listen({ name, host, port }: ListenOptions): Promise<SocketAddress> {
    if (isUnixName(host)) {
      const path = unixPath(host)
      await removeStaleSocket(path)
      const { index } = this.#bind({ address: host, port: undefined })
      return this.#keep(index, name, { address: host, port: undefined }, boundName(path))
    }
    const wanted = isIP(host) === 0 ? (await lookup(host)).address : host
    const { index, bound } = this.#bind({ address: wanted, port })
    return this.#keep(index, name, canonical(bound), undefined)
  }

  #bind(wanted: Pick<Attempt, 'address' | 'port'>): { readonly index: number; readonly bound: InternetAddress } {
    const index = ++this.#last
    const [address, detail] = this.#binding.listen(this.#engine, index, wanted.address, wanted.port ?? 0)
    if (typeof address === 'number') throw systemError(address, String(detail), wanted)
    return { index, bound: { address, port: Number(detail) } }
  }

  #keep(index: number, name: string, address: SocketAddress, socket: BoundName | undefined): SocketAddress {
    const closed = Promise.withResolvers<void>()
    this.#bound.set(index, { name, address, socket, threadsLeft: this.#threads.length, isClosing: false, closed })
    return address
  }

  /** Writes the orders that close one, or all. Resolves when their ports are free and their paths gone. */
  async stop(name: string | undefined, flush: () => void): Promise<void> {
    const leaving: Promise<void>[] = []
    for (const [index, listener] of this.#bound) {
      if (name !== undefined && name !== listener.name) continue
      leaving.push(listener.closed.promise)
      if (listener.isClosing) continue
      listener.isClosing = true
      if (listener.socket !== undefined) removeName(listener.socket)
      for (const orders of this.#threads) orders.unlisten(index)
    }
    flush()
    await Promise.all(leaving)
  }

  /** One thread has let go of it; with the last one its descriptor is closed. */
  unlistened(index: number): void {
    const listener = this.#bound.get(index)
    if (listener === undefined || --listener.threadsLeft > 0) return
    this.#bound.delete(index)
    listener.closed.resolve()
  }
}
