import { lineReader } from './answer.ts'
import { type ContainerOrder, EngineClient } from './client.ts'
import { type Container, readContainer, readLabelMap } from './container.ts'
import type { DockerEndpoint } from './docker-endpoint.ts'
import type { DockerTls } from './docker-tls.ts'
import { EngineError, unreachable } from './errors.ts'
import { at, listOf, parseJson, textAt } from './json.ts'
import { type Life, readLife } from './life.ts'
import { linesOf } from './output.ts'

/** A container as `GET /containers/json` lists it: enough to see whether it is worth a closer look. */
export interface ListedContainer {
  readonly id: string
  readonly labels: ReadonlyMap<string, string>
  readonly networkMode: string
}

/** Everything the engine has at one moment. */
export interface ContainerList {
  /** The engine's clock, epoch milliseconds; whole seconds. */
  readonly atMs: number
  readonly containers: readonly ListedContainer[]
}

/** The events after which a server may be another one. Those of `exec`, which every health check makes, are left out. */
const EVENT_FILTERS = JSON.stringify({
  type: ['container', 'network'],
  event: [
    ...['start', 'die', 'stop', 'pause', 'unpause', 'rename', 'update', 'health_status', 'destroy'],
    ...['connect', 'disconnect'],
  ],
})

/**
 * One Docker Engine, by the requests that the proxy makes. Who only follows it sends four: `/_ping`, `/events`,
 * `/containers/json` and `/containers/{id}/json`. Paths carry no version, so each engine answers with its own. Everything throws `EngineError`.
 *
 * @see https://docs.docker.com/reference/api/engine/
 */
export class Engine {
  readonly #client: EngineClient
  /** How far the engine's clock is ahead of ours. */
  #aheadMs = 0

  private constructor(client: EngineClient) {
    this.#client = client
  }

  /** @param baseDir where relative paths of TLS files begin */
  static async open(endpoint: DockerEndpoint, tls: DockerTls, baseDir: string): Promise<Engine> {
    return new Engine(await EngineClient.open(endpoint, tls, baseDir))
  }

  close(): void {
    this.#client.close()
  }

  /** Asks for the engine's clock, epoch milliseconds in whole seconds: it need not be ours. */
  async clock(signal: AbortSignal): Promise<number> {
    const now = Math.floor(Date.now() / 1000) * 1000
    const date = (await this.#client.date(signal)) ?? now
    this.#aheadMs = date - now
    return date
  }

  async list(signal: AbortSignal): Promise<ContainerList> {
    const answered = await this.#client.list(signal)
    // Whatever this is, it is no empty list, which would take every server away.
    if (!Array.isArray(answered)) throw notAnEngine('/containers/json')
    const containers = listOf(answered).flatMap((listed) => {
      const id = textAt(listed, 'Id')
      if (id === undefined) return []
      const networkMode = textAt(listed, 'HostConfig', 'NetworkMode') ?? ''
      return [{ id, labels: readLabelMap(at(listed, 'Labels')), networkMode }]
    })
    return { atMs: Date.now() + this.#aheadMs, containers }
  }

  /**
   * How a container is, by its name or id; undefined where there is none. What is called like the id of another one is that
   * other one to an engine, so `name` is to be looked at.
   */
  async life(nameOrId: string, signal: AbortSignal): Promise<Life | undefined> {
    return await this.#read(nameOrId, readLife, signal)
  }

  /**
   * Gives an order; one that is carried out already is fine.
   *
   * @param withinMs for the answer; the one to a stop comes when the container has ended, after its own time at the latest
   */
  async order(id: string, order: ContainerOrder, signal: AbortSignal, withinMs?: number): Promise<void> {
    await this.#client.order(id, order, signal, withinMs)
  }

  /** The last lines that a container wrote, on both of its outputs, without control characters. */
  async lastLines(id: string, count: number, signal: AbortSignal): Promise<readonly string[]> {
    return linesOf(await this.#client.output(id, count, signal)).slice(-count)
  }

  /** Undefined where the container is gone by now. */
  async inspect(id: string, signal: AbortSignal): Promise<Container | undefined> {
    return await this.#read(id, readContainer, signal)
  }

  async #read<T>(id: string, read: (inspected: unknown) => T | undefined, signal: AbortSignal): Promise<T | undefined> {
    try {
      const answered = await this.#client.inspect(id, signal)
      if (answered === undefined) throw notAnEngine(`/containers/${id}/json`)
      return read(answered)
    } catch (cause) {
      if (cause instanceof EngineError && cause.status === 404) return undefined
      throw cause
    }
  }

  /**
   * Subscribes to everything that may change a server.
   *
   * @param sinceMs the engine sends what happened since, too: it answers a moment before its subscription stands
   * @param onEvent gets the id of the container that an event is about; undefined where it may be about any
   * @returns once the engine has answered; `ended` rejects when the stream is over, never resolves
   */
  async events(
    sinceMs: number,
    onEvent: (containerId: string | undefined) => void,
    signal: AbortSignal,
  ): Promise<{ readonly ended: Promise<never> }> {
    const response = await this.#client.events(Math.floor(sinceMs / 1000), EVENT_FILTERS, signal)
    // A peer that vanished without a word (a machine without power) is noticed by the kernel.
    response.socket.setKeepAlive(true, 30_000)
    const ended = Promise.withResolvers<never>()
    // Whoever waits is told; nobody waiting is no reason to end the process.
    ended.promise.catch(() => {})
    response.on('error', (cause) => ended.reject(unreachable(cause)))
    response.on('close', () => ended.reject(new EngineError('ended', 'it closed the stream of events')))
    const read = lineReader(
      (line) => {
        const containerId = containerOf(parseJson(line))
        if (containerId !== undefined) onEvent(containerId)
      },
      // Whoever labels containers may make such a line: it must not end the stream, which would begin with it again.
      () => onEvent(undefined),
    )
    response.setEncoding('utf8').on('data', read)
    return { ended: ended.promise }
  }
}

/** Network events are about a network and name the container beside it. */
function containerOf(event: unknown): string | undefined {
  return textAt(event, 'Type') === 'network'
    ? textAt(event, 'Actor', 'Attributes', 'container')
    : textAt(event, 'Actor', 'ID')
}

function notAnEngine(path: string): EngineError {
  return new EngineError('refused', `it does not answer GET ${path} as a Docker Engine does; is it one?`)
}
