import { PowerError } from '@infrarust/core/server-power'
import { Engine } from '@infrarust/docker-engine'
import { chooseEngine, endpointName } from '@infrarust/docker-engine/endpoint'
import type { DockerPlace } from './docker-place.ts'
import { powerErrorOf } from './engine-words.ts'

/** The engine of all containers: one pool of connections to ask it for states, and one of its own for each order. */
export class SharedEngine {
  readonly #place: () => DockerPlace
  #current: { readonly about: string; readonly engine: Promise<Engine> } | undefined

  constructor(place: () => DockerPlace) {
    this.#place = place
  }

  /** Asks something that an engine answers at once. */
  async ask<T>(question: (engine: Engine) => Promise<T>): Promise<T> {
    const current = this.#open()
    try {
      return await question(await current.engine)
    } catch (cause) {
      const error = powerErrorOf(cause, this.#name())
      // The next one reads `[docker]` and its certificates again.
      if (error.code === 'unreachable' && this.#current === current) this.#drop()
      throw error
    }
  }

  /** Gives an order, over a connection of its own: a stop is answered when the container has ended. */
  async order<T>(order: (engine: Engine) => Promise<T>): Promise<T> {
    let engine: Engine | undefined
    try {
      engine = await this.#openNew()
      return await order(engine)
    } catch (cause) {
      throw powerErrorOf(cause, this.#name())
    } finally {
      engine?.close()
    }
  }

  #open(): { readonly about: string; readonly engine: Promise<Engine> } {
    const about = JSON.stringify(this.#place().engine)
    if (this.#current?.about === about) return this.#current
    this.#drop()
    const opened = { about, engine: this.#openNew() }
    this.#current = opened
    return opened
  }

  #drop(): void {
    void this.#current?.engine.then((engine) => engine.close()).catch(() => {})
    this.#current = undefined
  }

  async #openNew(): Promise<Engine> {
    const { engine, environment, baseDir } = this.#place()
    const choice = chooseEngine(engine, environment)
    if (choice.kind === 'fault') throw new PowerError('failed', choice.problem)
    return await Engine.open(choice.endpoint, choice.tls, baseDir)
  }

  #name(): string {
    const { engine, environment } = this.#place()
    const choice = chooseEngine(engine, environment)
    return choice.kind === 'fault' ? 'DOCKER_HOST' : endpointName(choice.endpoint)
  }
}
