import { Command, Option } from 'commander'
import { banCommand } from './commands/ban.ts'
import { checkCommand } from './commands/check.ts'
import { connectionsCommand } from './commands/connections.ts'
import { doctorCommand } from './commands/doctor.ts'
import { kickCommand } from './commands/kick.ts'
import { logCommand } from './commands/log.ts'
import { providersCommand } from './commands/providers.ts'
import { proxyProtocolCommand } from './commands/proxy-protocol.ts'
import { reloadCommand } from './commands/reload.ts'
import { run, runCommand } from './commands/run.ts'
import { statusCommand } from './commands/status.ts'
import { traceCommand } from './commands/trace.ts'
import { type GlobalOptions, LOG_LEVELS } from './options.ts'
import { printableLines } from './print/printable.ts'
import { version } from './version.ts'

const EXAMPLE = `
Example:
  infrarust --config /etc/infrarust/infrarust.toml
  infrarust check --config /etc/infrarust/infrarust.toml`

/** The program: reads its arguments and runs one command, which sets the exit code of the process. */
export async function main(args: readonly string[]): Promise<void> {
  // Whoever reads our output may stop early (`| head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  // The answer is still wanted where only the progress is not.
  process.stderr.on('error', () => {})

  const program = createProgram()
  printSafely(program)
  await program.parseAsync(args, { from: 'user' })
}

/** What commander says of a command line quotes it. */
function printSafely(command: Command): void {
  command.configureOutput({ writeErr: (text) => void process.stderr.write(printableLines(text)) })
  for (const inner of command.commands) printSafely(inner)
}

/** All commands with their help, from which the command reference is written too. */
export function createProgram(): Command {
  const program = new Command('infrarust')
    .description('Reverse proxy for Minecraft Java Edition. Without a command it runs the proxy.')
    .version(version(), '--version')
    .option('--config <file>', 'configuration (default: infrarust.toml here, else the embedded default)')
    .option('--bind <address>', 'listen here instead of where the configuration says, such as 127.0.0.1:25565')
    .option('--servers-dir <folder>', 'folder of the server files')
    .addOption(new Option('--log-level <level>', 'the least important lines that are written').choices(LOG_LEVELS))
    .allowExcessArguments()
    .addHelpText('after', EXAMPLE)
    .action(async (options: GlobalOptions, command: Command) => {
      const [unknown] = command.args
      if (unknown !== undefined) command.error(`error: unknown command '${unknown}'; infrarust --help lists them`)
      await run(options)
    })
  // Until now it waited; the proxy answers it, and any other command ends by it.
  program.hook('preAction', () => void process.removeAllListeners('SIGHUP'))
  program.helpCommand(true)
  program.addCommand(runCommand())
  program.addCommand(banCommand())
  program.addCommand(checkCommand())
  program.addCommand(doctorCommand())
  program.addCommand(statusCommand())
  program.addCommand(connectionsCommand())
  program.addCommand(traceCommand())
  program.addCommand(kickCommand())
  program.addCommand(providersCommand())
  program.addCommand(reloadCommand())
  program.addCommand(logCommand())
  program.addCommand(proxyProtocolCommand())
  return program
}
