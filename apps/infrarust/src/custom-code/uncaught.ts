import { thrownStack, thrownText } from '@infrarust/core/provider'
import { asOurselves, customCodeRunning } from '../custom-code/context.ts'
import { type CustomCode, culpritOf } from '../custom-code/culprit.ts'
import { Repeats } from '../custom-code/repeats.ts'
import { tell } from '../print/print.ts'

export interface UncaughtOptions {
  /** What is not part of this program and whose code may run, or has left something behind. */
  readonly customCode: () => readonly CustomCode[]
  /** A stranger's mistake: one line for the operator. @param provider its name, or `one of …` where that cannot be told */
  readonly survive: (message: string, provider: string) => void
  /** A mistake of ours, which ends the program. */
  readonly end: (message: string, stack: string) => void
}

/**
 * Sees to what nobody catches. A provider of the configuration is a stranger's code, and what it throws in a timer, a promise
 * or a stream of its own must not end everybody's session: it is told, and the program goes on. Nor may it end the process
 * by itself. What we throw ourselves ends the program, with its stack in the log.
 *
 * @returns tells what was only counted so far; for the end of the program
 */
export function onUncaught({ customCode, survive, end }: UncaughtOptions): () => void {
  const repeats = new Repeats(survive)
  const judge = (thrown: unknown): void => {
    const culprit = culpritOf(thrown, customCode())
    if (culprit.kind === 'ours') {
      end(thrownText(thrown), thrownStack(thrown))
      return
    }
    const [only, ...others] = culprit.uses
    const names = others.length === 0 && only !== undefined ? only : `one of ${culprit.uses.join(', ')}`
    const where = culprit.frame === undefined ? names : `${names}, ${culprit.frame}`
    const text = `${kindOf(culprit.uses, customCode())} has thrown where nobody catches it: ${thrownText(thrown)} (${where})`
    // The timer that tells how often is ours.
    asOurselves(() => repeats.add(names, text))
  }
  process.on('uncaughtException', judge)
  // Node would make an error of a reason that is none, for which it reads it: a Proxy may throw then.
  process.on('unhandledRejection', judge)
  keepRunning()
  tellWarnings((use, text) => {
    const told = `${kindOf([use], customCode())} has caused a warning: ${text} (${use})`
    asOurselves(() => repeats.add(use, told))
  })
  return () => repeats.flush()
}

/** `a provider`, or `a server manager` where all of those are. */
function kindOf(uses: readonly string[], customCode: readonly CustomCode[]): string {
  const known = customCode.filter(({ use }) => uses.includes(use))
  const isManager = known.length > 0 && known.every(({ kind }) => kind === 'server manager')
  return isManager ? 'a server manager' : 'a provider'
}

/** Of a provider's code `process.exit` throws instead: one that gives up is started again, and nobody else is cut off. */
function keepRunning(): void {
  const exit = process.exit
  process.exit = (code) => {
    if (customCodeRunning() === undefined) return exit(code)
    throw new Error(
      `process.exit(${String(code ?? '')}) was called; what the configuration loads cannot end the program`,
    )
  }
}

/** Node writes warnings to standard error as they are, however many there are; those of a provider go where we tell. */
function tellWarnings(warn: (use: string, text: string) => void): void {
  const byNode = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    const use = customCodeRunning()
    if (use === undefined) for (const listener of byNode) listener(warning)
    else warn(use, thrownText(warning))
  })
}

/** The same for a command that asks the providers once. @param survive gets a line for each mistake of theirs */
export function onUncaughtInCommand(
  customCode: UncaughtOptions['customCode'],
  survive: (message: string) => void,
): void {
  onUncaught({
    customCode,
    survive,
    end: (message, stack) => {
      for (const line of (stack || message).split('\n')) tell(line)
      process.exit(1)
    },
  })
}
