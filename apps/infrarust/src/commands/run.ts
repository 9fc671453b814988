import { Command } from 'commander'
import type { GlobalOptions } from '../options.ts'
import { Signals } from '../signals.ts'

const EXAMPLE = `
SIGTERM, SIGINT, SIGQUIT and SIGUSR2 stop it: players are let in for [shutdown] delay yet, sessions go on for
shutdown_timeout, and a second signal ends it at once.
SIGHUP is infrarust reload, or stops it where its terminal was closed; SIGUSR1 opens log files again. Exit code 0 after
it was stopped, 1 when it cannot start.

Example:
  infrarust run --config /etc/infrarust/infrarust.toml`

export function runCommand(): Command {
  return new Command('run')
    .description('run the proxy, as infrarust alone does')
    .addHelpText('after', EXAMPLE)
    .action(async (_: unknown, command: Command) => await run(command.optsWithGlobals<GlobalOptions>()))
}

/** Runs the proxy until a signal ends it. */
export async function run(options: GlobalOptions): Promise<void> {
  const signals = new Signals()
  // The other commands start without all that only the proxy needs.
  const { runProxy } = await import('../proxy/run-proxy.ts')
  await runProxy(options, signals)
}
