import { dirname } from 'node:path'
import { Command } from 'commander'
import { firstSnapshot } from '../check/first-snapshot.ts'
import { readConfiguration } from '../configuration.ts'
import { onUncaughtInCommand } from '../custom-code/uncaught.ts'
import { dataPaths } from '../data-paths.ts'
import { diagnose } from '../doctor/diagnose.ts'
import { doctorTable } from '../doctor/doctor-table.ts'
import { wayIn } from '../doctor/way-in.ts'
import { exitWhenWritten } from '../exit.ts'
import { hasConnectionFor } from '../live/has-connection-for.ts'
import { headersLately } from '../live/headers-lately.ts'
import type { GlobalOptions } from '../options.ts'
import { print, printJson, tell } from '../print/print.ts'
import { printable } from '../print/printable.ts'
import { ownListeners } from '../proxy/own-listeners.ts'
import { Providers } from '../proxy/providers.ts'

const HELP = `
Dials every address of every server and asks for its status without a PROXY header, with version 1 and with version 2:
never a login. Each try takes 3 s at most. The proxy need not run; where it does, it is asked which headers came lately,
and whether what is sent to a server comes back to it.
The table ends with what to change on which side; the progress is on standard error. Verdicts:
ok, needs_header, unexpected_header, wrong_version, no_answer, garbled, unreachable,
loop (the proxy's own address, or one that leads back to it).

Exit code 0 when all are ok, 1 when one is not or when a provider cannot list its servers, 2 for a configuration that
does not load.

Example:
  infrarust doctor --config /etc/infrarust/infrarust.toml`

interface DoctorOptions extends GlobalOptions {
  readonly json?: true
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say for each server whether it gets the PROXY header that it expects, and what to change')
    .option('--json', 'one object instead of a table')
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const { json = false, ...options } = command.optsWithGlobals<DoctorOptions>()
      exitWhenWritten(await doctor(options, json))
    })
}

async function doctor(options: GlobalOptions, json: boolean): Promise<number> {
  const configuration = await readConfiguration(options)
  if (configuration.kind === 'faulty') {
    for (const problem of configuration.problems) tell(`error: ${problem}`)
    return 2
  }
  const { config } = configuration.loaded
  const providers = new Providers(config, dirname(configuration.path))
  onUncaughtInCommand(
    () => providers.customCode,
    (message) => tell(`warn: ${message}`),
  )
  const { servers, findings, isComplete } = await firstSnapshot(providers.of(config), providers.mistakeBehind)
  for (const { level, message } of findings) tell(`${level}: ${message}`)
  const { controlSocket } = dataPaths(config, configuration.path)
  const seen = await headersLately(controlSocket, (why) => tell(`warn: ${why}`))
  const ways = config.listeners.map((listener) => wayIn(listener, seen?.get(listener.name)))
  // What is for tools has one shape and nothing else in it; the rest is said beside it.
  for (const { line } of ways) if (json) tell(`listener ${line}`)
  for (const { warning } of ways) if (warning !== undefined) tell(`warn: ${warning}`)

  let done = 0
  const own = ownListeners(config.listeners)
  const isHere = seen && ((domain: string) => hasConnectionFor(controlSocket, domain))
  const diagnoses = await diagnose(servers, own, isHere, ({ id, verdict }) =>
    tell(`${++done}/${servers.length} ${id}: ${verdict}`),
  )
  if (json) printJson({ servers: diagnoses })
  else {
    for (const { line } of ways) print(`listener  ${printable(line)}\n`)
    print(`\n${doctorTable(diagnoses)}`)
  }
  if (findings.some(({ level }) => level === 'error')) return 2
  // Servers that nobody can list are not known to be well.
  return isComplete && diagnoses.every(({ verdict }) => verdict === 'ok') ? 0 : 1
}
