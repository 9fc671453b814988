import type { PowerState, ServerPhase } from '@infrarust/core/server-power'
import { expect } from 'vitest'
import { Machine } from '../src/machine.ts'
import type { MachineEffect, MachineInput, MachineSettings, WrittenOrder } from '../src/machine-contract.ts'

export const SETTINGS: MachineSettings = {
  startTimeoutMs: 60_000,
  shutdownAfterMs: 300_000,
  minOnlineMs: 60_000,
  cooldownMs: 30_000,
  count: 'players',
  staleMs: 0,
  pollMs: undefined,
}

/** A machine, and the time in the hands of the test. */
export class Driven {
  readonly machine: Machine
  at = 0
  readonly effects: MachineEffect[] = []

  constructor(settings: Partial<MachineSettings> = {}, order?: WrittenOrder) {
    this.machine = new Machine({ ...SETTINGS, ...settings }, 0, order)
    this.feed({ kind: 'tick' })
  }

  feed(input: MachineInput): readonly MachineEffect[] {
    const effects = this.machine.input(input, this.at)
    this.effects.push(...effects)
    return effects
  }

  get epoch(): number {
    return this.machine.epoch
  }

  reads(state: PowerState, why?: string): readonly MachineEffect[] {
    return this.feed({ kind: 'reading', state, why, epoch: this.epoch })
  }

  pinged(isUp: boolean, players: number | undefined = 0): readonly MachineEffect[] {
    return this.feed({ kind: 'pinged', isUp, players, epoch: this.epoch })
  }

  after(ms: number): readonly MachineEffect[] {
    this.at += ms
    return this.feed({ kind: 'tick' })
  }

  /** @returns its phase, when its power has said so a while later */
  readsAfter(ms: number, state: PowerState): ServerPhase {
    this.after(ms)
    this.reads(state)
    return this.machine.phase
  }

  /** Asleep, as its power says. */
  asleep(): this {
    this.reads('stopped')
    expect(this.machine.phase).toBe('sleeping')
    return this
  }

  /** Up, by a start that was ordered here. */
  up(): this {
    this.asleep()
    this.feed({ kind: 'wanted', count: 1 })
    this.feed({ kind: 'permitted' })
    this.reads('stopped')
    this.feed({ kind: 'ordered', epoch: this.epoch })
    this.pinged(true)
    expect(this.machine.phase).toBe('online')
    return this
  }
}

export const kinds = (effects: readonly MachineEffect[]): readonly string[] => effects.map(({ kind }) => kind)
