import { setImmediate } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { type GlobalOptions, LOG_LEVELS } from './options.ts'
import { printableLines } from './print/printable.ts'
import { verbCommands } from './verbs/verbs.ts'
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

  const program = await createProgram(namedIn(args))
  printSafely(program)
  // A signal that came while all this was loaded is heard now; it would be lost once nobody waits for it any more.
  await setImmediate()
  await program.parseAsync(args, { from: 'user' })
}

/** What commander says of a command line quotes it. */
function printSafely(command: Command): void {
  command.configureOutput({ writeErr: (text) => void process.stderr.write(printableLines(text)) })
  for (const inner of command.commands) printSafely(inner)
}

/** In the order of the help. Each is loaded where it is wanted: together they take longer than what most of them do. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).runCommand(),
  check: async () => (await import('./commands/check.ts')).checkCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  ...verbCommands(),
  'proxy-protocol': async () => (await import('./commands/proxy-protocol.ts')).proxyProtocolCommand(),
}

/** The commands that these arguments may mean; one too many, such as a file of that name, does no harm. */
function namedIn(args: readonly string[]): readonly string[] {
  const names = Object.keys(COMMANDS)
  if (args.some((arg) => arg === 'help' || arg === '--help' || arg === '-h')) return names
  const named = names.filter((name) => args.includes(name))
  return named.length > 0 || args.includes('--version') ? named : ['run']
}

/**
 * The program with these commands and their help.
 *
 * @param names left out: all of them, from which the command reference is written
 */
export async function createProgram(names: readonly string[] = Object.keys(COMMANDS)): Promise<Command> {
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
      const { run } = await import('./commands/run.ts')
      stopWaiting()
      await run(options)
    })
  program.hook('preAction', (_, command) => {
    if (command !== program) stopWaiting()
  })
  program.helpCommand(true)
  for (const name of names) {
    const command = await COMMANDS[name]?.()
    if (command !== undefined) program.addCommand(command)
  }
  return program
}

/** Until now SIGHUP waited; the proxy answers it, and any other command ends by it. */
function stopWaiting(): void {
  process.removeAllListeners('SIGHUP')
}
