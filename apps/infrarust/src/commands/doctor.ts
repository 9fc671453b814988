import { Command } from 'commander'
import { exitWhenWritten } from '../exit.ts'
import type { GlobalOptions } from '../options.ts'

const HELP = `
Dials every address of every server, or of those that are named, and asks for its status without a PROXY header, with version 1 and with version 2:
never a login. Each try takes 3 s at most. The proxy need not run; where it does, it is asked which headers came lately,
and whether what is sent to a server comes back to it.
A container or a panel that starts and stops a server is asked whether it would take the orders, and gets none; a server
that sleeps is not dialled.
The table ends with what to change on which side; the progress is on standard error. Verdicts:
ok, asleep, needs_header, unexpected_header, wrong_version, no_answer, garbled, unreachable,
loop (the proxy's own address, or one that leads back to it).

Exit code 0 when all are ok or asleep, 1 when one is not or when a provider cannot list its servers, 2 for a configuration that
does not load, or an id that no server has.

Example:
  infrarust doctor --config /etc/infrarust/infrarust.toml`

interface DoctorOptions extends GlobalOptions {
  readonly json?: true
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say for each server whether it gets the PROXY header that it expects, and what to change')
    .argument('[server...]', 'their ids; all of them without one')
    .option('--json', 'one object instead of a table')
    .addHelpText('after', HELP)
    .action(async (ids: readonly string[], _: unknown, command: Command) => {
      const { json = false, ...options } = command.optsWithGlobals<DoctorOptions>()
      const { doctor } = await import('../doctor/doctor.ts')
      exitWhenWritten(await doctor(options, ids, json))
    })
}
