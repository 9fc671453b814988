import { gives, type ValueType } from '../config/value-type.ts'
import { choice } from '../config/values/choice.ts'
import type { ForwardingKind } from './forwarding.ts'

/** How a server is told who a player is, in the spellings of other proxies too. */
export const forwardingMode: ValueType<ForwardingKind> = choice(['none', 'velocity', 'bungeecord', 'bungeeguard'], {
  modern: 'velocity',
  legacy: 'bungeecord',
})

/** What a label may say of it. */
export const forwardingModeForAnyone: ValueType<ForwardingKind> = {
  ...forwardingMode,
  read(written) {
    const reading = forwardingMode.read(written)
    const isToken = reading.kind === 'value' && reading.value === 'bungeeguard'
    return isToken ? { kind: 'fault', fault: NO_TOKEN } : reading.kind === 'value' ? gives(reading.value) : reading
  },
}

const NO_TOKEN =
  'is "bungeeguard", whose token every server gets as it is, and could show to the others; only the files of the operator ' +
  'may give it to one: write "velocity", or the server in a file of its own'
