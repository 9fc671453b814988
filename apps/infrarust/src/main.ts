import { setImmediate } from 'node:timers/promises'
import { Command, type CommanderError, Option } from 'commander'
import { type GlobalOptions, LOG_LEVELS } from './options.ts'
import { tell } from './print/print.ts'
import { printableLines } from './print/printable.ts'
import { UNKNOWN_COMMAND, UNKNOWN_OPTION, unknownText } from './unknown-words.ts'
import { verbCommands } from './verbs/verbs.ts'
import { version } from './version.ts'

const EXAMPLE = `
Example:
  infrarust check --config /etc/infrarust/infrarust.toml`

/** The program: reads its arguments and runs one command, which sets the exit code of the process. */
export async function main(args: readonly string[]): Promise<void> {
  // Whoever reads our output may stop early (`| head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  // The answer is still wanted where only the progress is not.
  process.stderr.on('error', () => {})

  const program = await createProgram(namedIn(args))
  answerFor(program)
  // A signal that came while all this was loaded is heard now; it would be lost once nobody waits for it any more.
  await setImmediate()
  try {
    const [help, whose] = args
    // For one that is none, commander shows the help of the program.
    if (help === 'help' && whose !== undefined && !isCommand(whose)) refuseCommand(program, whose)
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await refuse(error)
  }
}

/** A command line that commander does not take, or that asked for help: then it is told already, and the code is 0. */
class Refusal extends Error {
  readonly command: Command
  readonly reason: CommanderError

  constructor(command: Command, reason: CommanderError) {
    super(reason.message)
    this.command = command
    this.reason = reason
  }
}

/** What commander says of a command line quotes it, and is said at the end, when it is known what was meant. */
function answerFor(command: Command): void {
  command.configureOutput({
    writeErr: (text) => void process.stderr.write(printableLines(text)),
    outputError: () => {},
  })
  command.showSuggestionAfterError(false)
  command.exitOverride((reason) => {
    throw new Refusal(command, reason)
  })
  for (const inner of command.commands) answerFor(inner)
}

async function refuse({ command, reason }: Refusal): Promise<void> {
  process.exitCode = reason.exitCode
  if (WITH_A_TEXT_OF_ITS_OWN.has(reason.code)) return
  const { complaintAbout } = await import('./did-you-mean.ts')
  const commands = command.parent === null ? Object.keys(COMMANDS) : command.commands.map((inner) => inner.name())
  tell(complaintAbout(reason, command, commands))
}

/** Help and version. */
const WITH_A_TEXT_OF_ITS_OWN: ReadonlySet<string> = new Set([
  'commander.help',
  'commander.helpDisplayed',
  'commander.version',
])

/** In the order of the help. Each is loaded where it is wanted: together they take longer than what most of them do. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).runCommand(),
  init: async () => (await import('./commands/init.ts')).initCommand(),
  add: async () => (await import('./commands/add.ts')).addCommand(),
  check: async () => (await import('./commands/check.ts')).checkCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  ping: async () => (await import('./commands/ping.ts')).pingCommand(),
  ...verbCommands(),
  completion: async () => (await import('./commands/completion.ts')).completionCommand(createProgram),
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
    // So that of `infrarust chek --json` the command is named, and not the option, which it would have.
    .allowUnknownOption()
    .addHelpText('after', EXAMPLE)
    .action(async (options: GlobalOptions, command: Command) => {
      const [unknown] = command.args
      if (unknown?.startsWith('-')) command.error(unknownText('option', unknown), { code: UNKNOWN_OPTION })
      if (unknown !== undefined) refuseCommand(command, unknown)
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

function isCommand(name: string): boolean {
  return name === 'help' || Object.hasOwn(COMMANDS, name)
}

function refuseCommand(program: Command, name: string): never {
  program.error(unknownText('command', name), { code: UNKNOWN_COMMAND })
}

/** Until now SIGHUP waited; the proxy answers it, and any other command ends by it. */
function stopWaiting(): void {
  process.removeAllListeners('SIGHUP')
}
