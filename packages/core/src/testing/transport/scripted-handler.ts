import { Buffer } from 'node:buffer'
import type { ConnectionHandler, ConnectionId, Decision, TransportInput } from '../../entries/transport.ts'
import { Changing } from './waiting.ts'

type Unnumbered<D> = D extends Decision ? Omit<D, 'seq' | 'consumed'> & { readonly consumed?: number } : never

/** A decision as a test writes it: the handler gives it its number. */
export type Move = Unnumbered<Decision>

/** What a test has its connections do. Undefined: nothing is decided. */
export type Script = (input: TransportInput, connection: Observed) => Move | undefined

export type InputOf<K extends TransportInput['kind']> = Extract<TransportInput, { kind: K }>

/** One connection as the handler saw it. */
export class Observed {
  readonly id: ConnectionId
  /** All inputs in order, their bytes copied. */
  readonly inputs: TransportInput[] = []
  readonly #changing = new Changing()
  #seq = 0

  constructor(id: ConnectionId) {
    this.id = id
  }

  get seq(): number {
    return this.#seq
  }

  number(move: Move): Decision {
    return { consumed: 0, ...move, seq: ++this.#seq }
  }

  take(input: TransportInput): void {
    this.inputs.push(input)
  }

  told(): void {
    this.#changing.changed()
  }

  all<K extends TransportInput['kind']>(kind: K): InputOf<K>[] {
    return this.inputs.filter((input): input is InputOf<K> => input.kind === kind)
  }

  get kinds(): string[] {
    return this.inputs.map((input) => input.kind)
  }

  /** The input of this kind with this number, from 0; waits for it. */
  until<K extends TransportInput['kind']>(kind: K, index = 0): Promise<InputOf<K>> {
    return this.#changing.until(
      () => `${kind} ${index}; there were: ${this.kinds.join(', ')}`,
      () => this.all(kind)[index],
    )
  }

  /** What the last `bytes` input showed, as text; waits until it is this. */
  async untilShown(text: string): Promise<void> {
    await this.#changing.until(
      () => `bytes "${text}"; there were: ${this.all('bytes').map((input) => `"${textOf(input.bytes)}"`)}`,
      () => this.all('bytes').find((input) => textOf(input.bytes) === text),
    )
  }

  /** The same of `server-bytes`. */
  async untilServerShown(text: string): Promise<void> {
    await this.#changing.until(
      () =>
        `server-bytes "${text}"; there were: ${this.all('server-bytes').map((input) => `"${textOf(input.bytes)}"`)}`,
      () => this.all('server-bytes').find((input) => textOf(input.bytes) === text),
    )
  }
}

export class ScriptedHandler implements ConnectionHandler {
  readonly connections: Observed[] = []
  /** Where the suite itself was broken by a transport: a `decide` that called back, an id used twice. */
  readonly violations: string[] = []
  readonly #byId = new Map<ConnectionId, Observed>()
  readonly #changing = new Changing()
  readonly #script: Script
  isInsideDecide = false

  constructor(script: Script) {
    this.#script = script
  }

  input(id: ConnectionId, input: TransportInput): Decision | undefined {
    if (this.isInsideDecide) this.violations.push(`"${input.kind}" was told from inside decide`)
    let connection = this.#byId.get(id)
    if (input.kind === 'accepted') {
      if (connection !== undefined) this.violations.push(`accepted twice: ${id}`)
      connection = new Observed(id)
      this.#byId.set(id, connection)
      this.connections.push(connection)
    }
    if (connection === undefined) {
      this.violations.push(`"${input.kind}" before "accepted"`)
      return undefined
    }
    if (connection.kinds.includes('finished')) this.violations.push(`"${input.kind}" after "finished"`)
    connection.take('bytes' in input ? { ...input, bytes: Buffer.from(input.bytes) } : input)
    const move = this.#script(input, connection)
    // Told when the decision is made, so that a test which decides next has the next number.
    const decision = move === undefined ? undefined : connection.number(move)
    connection.told()
    this.#changing.changed()
    return decision
  }

  /** The connection with this number, from 0; waits for it. */
  connection(index: number): Promise<Observed> {
    return this.#changing.until(
      () => `connection ${index}`,
      () => this.connections[index],
    )
  }
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
