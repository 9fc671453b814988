import { describe } from 'vitest'
import type { TransportFactory } from '../../entries/transport.ts'
import { answerCases } from './answer-cases.ts'
import { cipherCases } from './cipher-cases.ts'
import { crossingCases } from './crossing-cases.ts'
import { dialCases } from './dial-cases.ts'
import { firstBytesCases } from './first-bytes-cases.ts'
import { holdCases } from './hold-cases.ts'
import { keepAliveCases } from './keep-alive-cases.ts'
import { lackingHere, lifecycleCases } from './lifecycle-cases.ts'
import { loginCases } from './login-cases.ts'
import { parleyCases } from './parley-cases.ts'
import { parleyDialCases } from './parley-dial-cases.ts'
import { parleyPumpCases } from './parley-pump-cases.ts'
import { playOn, playOnUnix } from './play.ts'
import { pourCases } from './pour-cases.ts'
import { relayCases } from './relay-cases.ts'
import { unixCases } from './unix-cases.ts'

/** What the contract suite needs of an implementation. */
export interface TransportSetup {
  readonly factory: TransportFactory
  /** Only the cases on these sockets, so that two files can run side by side. All of them where it is missing. */
  readonly over?: 'loopback' | 'unix'
}

/**
 * The tests that every transport passes, on real sockets, of loopback and of Unix. Call it in a file that vitest runs.
 *
 * @param name what the tests are called after
 */
export function transportContract(name: string, setup: TransportSetup): void {
  const play = playOn(setup.factory)
  const overUnix = playOnUnix(setup.factory)
  for (const { cases, reason } of lackingHere()) console.warn(`${name} transport: not run here: ${cases} (${reason})`)
  describe(`${name} transport`, { timeout: 60_000 }, () => {
    if (setup.over !== 'unix') {
      firstBytesCases(play)
      answerCases(play)
      holdCases(play)
      dialCases(setup.factory, play)
      relayCases(play)
      parleyDialCases(play)
      parleyCases(play)
      parleyPumpCases(play)
      cipherCases(play)
      loginCases(play)
      pourCases(play)
      keepAliveCases(play)
      crossingCases(play)
      lifecycleCases(setup.factory, play)
    }
    if (setup.over !== 'loopback')
      describe('over Unix sockets', () => {
        firstBytesCases(overUnix)
        answerCases(overUnix)
        holdCases(overUnix)
        relayCases(overUnix)
        pourCases(overUnix)
        crossingCases(overUnix)
        unixCases(setup.factory, overUnix)
      })
  })
}
