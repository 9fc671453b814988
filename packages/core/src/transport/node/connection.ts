import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import type {
  ConnectionId,
  Decision,
  End,
  LiveCounters,
  Parley as ParleyDecision,
  Relay,
  TransportInput,
} from '../contract.ts'
import { type DecidedAbout, decisionFault } from '../decision-fault.ts'
import { LINGER_BYTES, LINGER_MS, UNREAD_ANSWER_MS } from '../limits.ts'
import { StreamCipher } from './cipher.ts'
import type { ConnectionHost } from './connection-host.ts'
import { Dial, type DialOutcome, NOBODY, type Standing } from './dial.ts'
import { Intake } from './intake.ts'
import { Parley, type ParleyEvents } from './parley.ts'
import { type Phase, readsBackendIn, readsIn, wantedIn } from './phase.ts'
import { Pump, type PumpEvents } from './pump.ts'
import { BULK_BYTES, freeNow } from './read-buffers.ts'
import { reset } from './reset.ts'
import { SocketWriter } from './socket-writer.ts'
import type { Timer } from './timer-wheel.ts'

const NEVER = Number.POSITIVE_INFINITY

/** One accepted connection: carries out its decisions and tells its inputs. */
export class NodeConnection implements DialOutcome, PumpEvents, ParleyEvents {
  readonly id: ConnectionId
  readonly #host: ConnectionHost
  readonly #socket: Socket
  readonly #isUnix: boolean
  readonly #timer: Timer
  readonly #intake = new Intake()
  readonly #writer: SocketWriter
  #phase: Phase = { kind: 'undecided' }
  #seq = 0
  #deadlineAt = NEVER
  /** When a client that has not taken its answer by then is given up. */
  #answerDueAt = NEVER
  #isDelivering = false
  #isPaused = false
  #isClientClosed = false
  /** Who has the dialled socket while its descriptor is open, once its attempt stands. */
  #openBackend: Pump | Parley | undefined
  #cipher: StreamCipher | undefined
  #unsentBytes = 0
  #end: End | undefined

  constructor(id: ConnectionId, socket: Socket, isUnix: boolean, host: ConnectionHost) {
    this.id = id
    this.#socket = socket
    this.#isUnix = isUnix
    this.#writer = new SocketWriter(socket, host.pending, this.#onDrain)
    this.#host = host
    this.#timer = host.wheel.timer((now) => this.#isDue(now))
  }

  /** Tells `accepted` and begins. */
  start(accepted: TransportInput): void {
    this.#socket.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose)
    this.#tell(accepted)
    this.#goOn()
  }

  /** A decision that no input asked for: what follows from it is told after the caller has returned. */
  decide(decision: Decision): void {
    this.#carryOut(decision)
    queueMicrotask(() => this.#goOn())
  }

  get counters(): LiveCounters {
    return {
      bytesIn: this.#socket.bytesRead,
      bytesOut: this.#socket.bytesWritten - (this.#socket.destroyed ? this.#unsentBytes : this.#socket.writableLength),
    }
  }

  /** Ends at once, whatever is under way. */
  destroy(): void {
    this.#destroy({ by: 'gateway', how: 'closed' }, 'reset')
  }

  attempting(): void {
    this.#rearm()
  }

  stands(standing: Standing, firstBytes: Buffer): boolean {
    if (this.#phase.kind !== 'dialling') return false
    const { relay } = this.#phase.dial
    const { backend, attempt, connectMs, failures } = standing
    if (relay.parley) {
      this.#beginParley(relay, standing, firstBytes)
      return true
    }
    const pump = new Pump(this.#socket, this.#writer, backend, relay, this, this.#host)
    backend.owner = pump
    this.#openBackend = pump
    this.#phase = { kind: 'relaying', pump }
    this.#deadlineAt = NEVER
    this.#tell({ kind: 'dialled', at: this.#host.now(), decision: this.#seq, attempt, connectMs, failures })
    // The handler may have ended it.
    if (this.#phase.kind !== 'relaying') return false
    const { unread } = this.#intake
    if (unread.length > standing.sentBytes) backend.write(unread.view(standing.sentBytes, unread.length))
    unread.clear()
    this.#rearm()
    if (this.#intake.hasEnded) pump.clientEnded()
    else this.#setReading(true)
    return pump.received(firstBytes)
  }

  #beginParley(relay: Relay, { backend, attempt, connectMs, failures }: Standing, firstBytes: Buffer): void {
    const parley = new Parley(backend, relay, this)
    backend.owner = parley
    this.#openBackend = parley
    this.#phase = { kind: 'parleying', parley, bounds: undefined }
    parley.intake.append(firstBytes)
    parley.setReading(false)
    this.#deadlineAt = NEVER
    // From now on the deadline of the parley bounds it.
    this.#answerDueAt = NEVER
    this.#host.pending.answerTaken(this)
    this.#tell({ kind: 'dialled', at: this.#host.now(), decision: this.#seq, attempt, connectMs, failures })
    this.#rearm()
    this.#goOn()
  }

  failed(failures: Standing['failures']): void {
    if (this.#phase.kind !== 'dialling') return
    this.#phase = { kind: 'failed', maxBytes: this.#phase.dial.relay.replayLimitBytes }
    this.#tell({ kind: 'dial-failed', at: this.#host.now(), decision: this.#seq, failures })
    this.#goOn()
  }

  endedBy(end: End): void {
    this.#end ??= end
    this.#rearm()
  }

  backendReset(): void {
    // What the backend sent before is still delivered: it may be the text that says why.
    if (this.#phase.kind === 'relaying') this.#closeInOrder()
  }

  parleyGoesOn(): void {
    this.#goOn()
  }

  backendClosed(): void {
    this.#openBackend = undefined
    this.#finishIfClosed()
  }

  readonly #onData = (received: Buffer): void => {
    const phase = this.#phase
    const bytes = this.#cipher === undefined ? received : decrypted(received, this.#cipher)
    switch (phase.kind) {
      case 'relaying':
        phase.pump.clientSent(bytes)
        break
      case 'undecided':
      case 'collecting':
      case 'holding':
      case 'failed':
      case 'parleying':
        this.#intake.append(bytes)
        this.#goOn()
        break
      case 'dialling':
        this.#intake.append(bytes)
        phase.dial.clientSent()
        this.#goOn()
        break
      case 'lingering':
        if (this.#socket.bytesRead > phase.untilBytesRead) this.#destroy(this.#end, 'close')
        break
      case 'destroyed':
    }
  }

  readonly #onEnd = (): void => {
    this.#intake.hasEnded = true
    const phase = this.#phase
    switch (phase.kind) {
      case 'relaying':
        phase.pump.clientEnded()
        break
      case 'lingering':
        this.#end ??= { by: 'client', how: 'fin' }
        break
      case 'dialling':
        phase.dial.clientEnded()
        this.#goOn()
        break
      case 'undecided':
      case 'collecting':
      case 'holding':
      case 'failed':
      case 'parleying':
        this.#goOn()
        break
      case 'destroyed':
    }
  }

  readonly #onDrain = (): void => {
    const phase = this.#phase
    this.#host.pending.answerTaken(this)
    if (phase.kind === 'lingering') return
    this.#answerDueAt = NEVER
    if (phase.kind === 'relaying') phase.pump.clientDrained()
    if (phase.kind === 'parleying') this.#goOn()
  }

  readonly #onError = (): void => {
    const { kind } = this.#phase
    if (kind === 'destroyed') return
    this.#end ??= { by: 'client', how: 'reset' }
    this.#releaseBackend('end')
    this.#phase = { kind: 'destroyed' }
    if (kind !== 'relaying' && kind !== 'lingering') this.#tell({ kind: 'ended', at: this.#host.now(), how: 'reset' })
  }

  readonly #onClose = (): void => {
    this.#isClientClosed = true
    this.#host.pending.answerTaken(this)
    // Perhaps by itself, after both ends.
    this.#phase = { kind: 'destroyed' }
    this.#rearm()
    this.#finishIfClosed()
  }

  #finishIfClosed(): void {
    if (!this.#isClientClosed || this.#openBackend !== undefined) return
    this.#timer.cancel()
    this.#host.forget(this.id)
    const end: End = this.#end ?? { by: 'gateway', how: 'closed' }
    this.#tell({ kind: 'finished', at: this.#host.now(), ...this.counters, end })
  }

  #tell(input: TransportInput): void {
    let decision: Decision | undefined
    try {
      decision = this.#host.handler.input(this.id, input)
    } catch (error) {
      this.#fault(`the handler failed on "${input.kind}": ${error instanceof Error ? error.stack : String(error)}`)
      return
    }
    if (decision !== undefined) this.#carryOut(decision)
  }

  /** Tells what can be told now, until nothing is left or nobody wants it. */
  #goOn(): void {
    if (this.#isDelivering) return
    this.#isDelivering = true
    for (let input = this.#nextInput(); input !== undefined; input = this.#nextInput()) this.#tell(input)
    this.#isDelivering = false
    this.#updateReading()
  }

  #nextInput(): TransportInput | undefined {
    const phase = this.#phase
    const wanted = wantedIn(phase)
    if (wanted === undefined) return undefined
    const now = this.#host.now()
    const input = this.#intake.next(wanted, now, this.#seq)
    if (input?.kind === 'ended') this.#end ??= { by: 'client', how: 'fin' }
    if (input !== undefined || phase.kind !== 'parleying' || phase.bounds === undefined) return input
    return phase.parley.next(phase.bounds.maxServerBytes, now, this.#seq)
  }

  #carryOut(decision: Decision): void {
    if (decision.seq <= this.#seq || this.#phase.kind === 'destroyed') return
    const { kind } = this.#phase
    if (kind === 'lingering' && !(decision.kind === 'close' && decision.how === 'reset')) return
    const fault = decisionFault(decision, { stage: stageOf(kind), isCiphered: this.#cipher !== undefined })
    if (fault !== undefined) {
      this.#fault(fault)
      return
    }
    this.#seq = decision.seq
    this.#intake.decided(decision.consumed)
    if (this.#phase.kind === 'dialling') this.#phase.dial.abandon()
    if ('cipher' in decision && decision.cipher !== undefined) this.#startCipher(decision.cipher)
    switch (decision.kind) {
      case 'await':
        this.#phase = { kind: 'collecting', maxBytes: decision.maxBytes }
        this.#deadlineAt = decision.deadlineAt
        break
      case 'respond':
        this.#answer(decision.bytes)
        if (decision.then.kind === 'close') {
          this.#closeInOrder()
          return
        }
        this.#phase = { kind: 'collecting', maxBytes: decision.then.maxBytes }
        this.#deadlineAt = decision.then.deadlineAt
        break
      case 'hold':
        this.#phase = { kind: 'holding', maxBytes: decision.maxBytes }
        this.#deadlineAt = decision.deadlineAt
        break
      case 'relay':
        this.#dial(decision)
        break
      case 'parley':
        if (this.#phase.kind === 'parleying') this.#parley(this.#phase.parley, decision)
        break
      case 'close':
        if (decision.how === 'reset') this.#destroy({ by: 'gateway', how: 'closed' }, 'reset')
        else this.#closeInOrder()
        return
    }
    this.#rearm()
  }

  #startCipher(key: Uint8Array): void {
    const cipher = new StreamCipher(key)
    this.#cipher = cipher
    this.#intake.decipher(cipher)
    this.#writer.encipher(cipher)
  }

  #parley(parley: Parley, decision: ParleyDecision): void {
    parley.intake.decided(decision.consumedFromServer)
    if (decision.toClient.length > 0) this.#writer.write(decision.toClient)
    parley.write(decision.toServer)
    if (decision.then === 'pump') {
      this.#pump(parley)
      return
    }
    const { maxBytes, maxServerBytes } = decision
    this.#phase = { kind: 'parleying', parley, bounds: { maxBytes, maxServerBytes } }
    this.#deadlineAt = decision.deadlineAt
  }

  /** What is left of each side follows what was queued, then a FIN that was seen, and the relay stands. */
  #pump(parley: Parley): void {
    const { backend, relay, intake } = parley
    const { unread } = this.#intake
    if (intake.unread.length > 0) this.#writer.write(intake.unread.view(0, intake.unread.length))
    parley.write(unread.view(0, unread.length))
    intake.unread.clear()
    unread.clear()
    if (parley.wasReset) {
      this.#closeInOrder()
      return
    }
    const pump = new Pump(this.#socket, this.#writer, backend, relay, this, this.#host)
    backend.owner = pump
    this.#openBackend = pump
    this.#phase = { kind: 'relaying', pump }
    this.#deadlineAt = NEVER
    parley.setReading(this.#socket.writableLength === 0)
    this.#setReading(!backend.isHoldingBytes)
    if (intake.hasEnded) pump.ended()
    if (this.#intake.hasEnded) pump.clientEnded()
  }

  #answer(bytes: Uint8Array): void {
    this.#writer.write(bytes)
    if (this.#socket.writableLength === 0) return
    this.#answerDueAt = this.#host.now() + UNREAD_ANSWER_MS
    this.#host.pending.answerWaits(this)
  }

  #dial(relay: Relay): void {
    const dial = new Dial(this.#host, relay, this.#intake, this)
    this.#phase = { kind: 'dialling', dial }
    this.#deadlineAt = relay.deadlineAt
    dial.start()
  }

  /** Flush, shut down writing, then read and discard: a close with unread bytes would take the last text with it. */
  #closeInOrder(): void {
    this.#end ??= { by: 'gateway', how: 'closed' }
    this.#releaseBackend('end')
    this.#intake.unread.clear()
    this.#phase = { kind: 'lingering', untilBytesRead: this.#socket.bytesRead + LINGER_BYTES }
    this.#deadlineAt = NEVER
    this.#answerDueAt = this.#host.now() + UNREAD_ANSWER_MS
    this.#socket.once('finish', () => {
      this.#answerDueAt = this.#host.now() + LINGER_MS
      this.#rearm()
    })
    this.#socket.end()
    this.#setReading(true)
    this.#rearm()
  }

  #destroy(end: End | undefined, how: 'close' | 'reset'): void {
    if (this.#phase.kind === 'destroyed') return
    if (this.#phase.kind === 'dialling') this.#phase.dial.abandon()
    this.#end ??= end
    this.#phase = { kind: 'destroyed' }
    this.#releaseBackend(how === 'reset' ? 'reset' : 'end')
    this.#deadlineAt = NEVER
    this.#unsentBytes = this.#socket.writableLength
    this.#writer.drop()
    if (how === 'reset') reset(this.#socket, this.#isUnix)
    else this.#socket.destroy()
  }

  #releaseBackend(how: 'end' | 'reset'): void {
    if (this.#phase.kind === 'dialling') this.#phase.dial.abandon()
    const pump = this.#openBackend
    if (pump === undefined) return
    pump.backend.owner = { ...NOBODY, closed: () => this.backendClosed() }
    if (how === 'reset') {
      pump.backend.reset()
      return
    }
    if (pump instanceof Parley) {
      pump.backend.destroy()
      return
    }
    // Before our end: what was read from either side still reaches the other. Node has read on while the backend took
    // nothing; `read` has it told as any other bytes.
    if (this.#phase.kind === 'relaying') this.#socket.read()
    pump.flush()
    pump.backend.endAndDestroy()
    this.#answerDueAt = Math.min(this.#answerDueAt, this.#host.now() + UNREAD_ANSWER_MS)
  }

  #fault(message: string): void {
    this.#host.fault(message)
    this.#end = { by: 'gateway', how: 'error', message }
    this.#destroy(undefined, 'reset')
  }

  #isDue(now: number): void {
    if (this.#answerDueAt <= now) {
      const { kind } = this.#phase
      this.#answerDueAt = NEVER
      if (kind === 'lingering') this.#destroy(this.#end, this.#socket.writableFinished ? 'close' : 'reset')
      else if (kind === 'destroyed') this.#openBackend?.backend.reset()
      else if (this.#socket.writableLength > 0) this.#destroy({ by: 'gateway', how: 'closed' }, 'reset')
    }
    const phase = this.#phase
    if (phase.kind === 'dialling' && phase.dial.connectDueAt <= now && this.#deadlineAt > now)
      phase.dial.connectTimedOut()
    if (phase.kind === 'relaying' && phase.pump.look(now)) this.#destroy({ by: 'gateway', how: 'idle' }, 'close')
    if (this.#deadlineAt <= now) {
      this.#deadlineAt = NEVER
      if (this.#phase.kind === 'dialling') this.#phase.dial.abandon()
      this.#tell({ kind: 'deadline', at: now, decision: this.#seq })
      this.#goOn()
    }
    this.#rearm()
  }

  #rearm(): void {
    let dueAt = Math.min(this.#deadlineAt, this.#answerDueAt)
    if (this.#phase.kind === 'dialling') dueAt = Math.min(dueAt, this.#phase.dial.connectDueAt)
    else if (this.#phase.kind === 'relaying') dueAt = Math.min(dueAt, this.#phase.pump.lookAgainAt)
    this.#timer.arm(dueAt)
  }

  #updateReading(): void {
    const isWanted = readsIn(this.#phase, this.#intake.unread.length)
    if (isWanted !== undefined) this.#setReading(isWanted)
    if (this.#phase.kind === 'parleying')
      this.#phase.parley.setReading(readsBackendIn(this.#phase, this.#socket.writableLength))
  }

  #setReading(isWanted: boolean): void {
    if (this.#isPaused !== isWanted) return
    this.#isPaused = !isWanted
    if (isWanted) this.#socket.resume()
    else this.#socket.pause()
  }
}

function stageOf(phase: Phase['kind']): DecidedAbout['stage'] {
  if (phase === 'relaying') return 'relaying'
  return phase === 'parleying' ? 'in a parley' : 'before a relay'
}

function decrypted(received: Buffer, cipher: StreamCipher): Buffer {
  const bytes = cipher.decrypt(received)
  if (received.length >= BULK_BYTES) freeNow(received)
  return bytes
}
