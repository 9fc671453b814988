import { describe, expect, it, vi } from 'vitest'
import { PowerError, type PowerState, type ServerPower } from '../../entries/server-power.ts'

/** One server that a power can start and stop, stopped at first. */
export interface ServerPowerSubject {
  /** Opens the power of that server, as a proxy that was started again would. */
  open(): ServerPower | Promise<ServerPower>
  /** How often the server itself was started so far. */
  starts(): number | Promise<number>
  /** Ends the server as its own console would, past the power; left out where nobody else can. */
  endByItself?(): Promise<void>
  /** Opens the same power where every order must fail: a program that is not there, a panel that is away. */
  openBroken?(): ServerPower | Promise<ServerPower>
  /** What must stand in no message. */
  readonly secret?: string
  dispose(): Promise<void>
}

/** What a kind of power is like. */
export interface ServerPowerContractOptions {
  /** What `state` says of a server that runs; one that cannot know says `unknown`, always. Default `known`. */
  readonly states?: 'known' | 'unknown'
  /** What it fails with: a `PowerError`, or, of a module that does not import that class, any `Error`. Default `power`. */
  readonly errors?: 'power' | 'any'
}

const SOON = { timeout: 30_000, interval: 20 }

/**
 * The tests that every server power passes. Call it in a file that vitest runs.
 *
 * @param name  what the tests are called after
 * @param setup makes a stopped server
 */
export function serverPowerContract(
  name: string,
  setup: () => Promise<ServerPowerSubject>,
  { states = 'known', errors = 'power' }: ServerPowerContractOptions = {},
): void {
  const withServer = (test: (subject: ServerPowerSubject, power: ServerPower) => Promise<void>) => async () => {
    const subject = await setup()
    const power = await subject.open()
    try {
      await test(subject, power)
    } finally {
      await power.close?.('removed')
      await subject.dispose()
    }
  }
  const becomes = async (power: ServerPower, ...expected: readonly PowerState[]): Promise<void> => {
    const wanted = states === 'known' ? expected : ['unknown']
    await vi.waitFor(async () => expect(wanted).toContain((await power.state(never())).state), SOON)
  }

  describe(`${name} server power`, { timeout: 120_000 }, () => {
    it(
      'says that the server is stopped, and has started nothing by being opened and asked',
      withServer(async (subject, power) => {
        await becomes(power, 'stopped')
        expect(await subject.starts()).toBe(0)
      }),
    )
    it(
      'starts it, and stops it in order',
      withServer(async (subject, power) => {
        await power.start(never())
        await becomes(power, 'running')
        await vi.waitFor(async () => expect(await subject.starts()).toBe(1), SOON)
        await power.stop(never())
        await becomes(power, 'stopped')
        expect(await subject.starts()).toBe(1)
      }),
    )
    it(
      'can start it again',
      withServer(async (subject, power) => {
        for (const starts of [1, 2]) {
          await power.start(never())
          await becomes(power, 'running')
          await vi.waitFor(async () => expect(await subject.starts()).toBe(starts), SOON)
          await power.stop(never())
          await becomes(power, 'stopped')
        }
      }),
    )
    it(
      'takes the order to stop what is stopped',
      withServer(async (subject, power) => {
        await power.stop(never())
        await becomes(power, 'stopped')
        expect(await subject.starts()).toBe(0)
      }),
    )
    if (states === 'known') {
      it(
        'starts nothing twice',
        withServer(async (subject, power) => {
          await Promise.all([power.start(never()), power.start(never())])
          await becomes(power, 'running')
          await vi.waitFor(async () => expect(await subject.starts()).toBe(1), SOON)
          await power.start(never())
          await becomes(power, 'running')
          // Some learn of a start later than of its end; a second one has shown by then.
          await power.stop(never())
          await becomes(power, 'stopped')
          await vi.waitFor(async () => expect(await subject.starts()).toBe(1), SOON)
        }),
      )
      it(
        'sees that the server has ended by itself',
        withServer(async (subject, power) => {
          if (subject.endByItself === undefined) return
          await power.start(never())
          await becomes(power, 'running')
          await vi.waitFor(async () => expect(await subject.starts()).toBe(1), SOON)
          await subject.endByItself()
          await becomes(power, 'stopped', 'crashed')
        }),
      )
    }
    it(
      'does nothing for who has given up already',
      withServer(async (subject, power) => {
        const over = AbortSignal.abort(new Error('given up'))
        await expect(power.start(over)).rejects.toThrow()
        await expect(power.state(over)).rejects.toThrow()
        expect(await subject.starts()).toBe(0)
      }),
    )
    it(
      `fails with ${errors === 'power' ? 'a PowerError' : 'an Error'} of one line in which nothing secret stands`,
      withServer(async (subject) => {
        const broken = await subject.openBroken?.()
        if (broken === undefined) return
        const error: unknown = await broken.start(never()).then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        expect(error).toBeInstanceOf(errors === 'power' ? PowerError : Error)
        const message = error instanceof Error ? error.message : ''
        expect(message).toMatch(/^[^\n]{5,1000}$/)
        if (subject.secret !== undefined) expect(message).not.toContain(subject.secret)
        await broken.close?.('removed')
      }),
    )
    it(
      'shows its last lines as lines, where it has any',
      withServer(async (_, power) => {
        for (const line of (await power.log?.(never())) ?? []) expect(line).not.toMatch(/[\r\n]/)
      }),
    )
    it(
      'may be closed twice',
      withServer(async (_, power) => {
        await power.close?.('shutdown')
        await power.close?.('shutdown')
      }),
    )
  })
}

/** A signal for who does not give up. */
function never(): AbortSignal {
  return new AbortController().signal
}
