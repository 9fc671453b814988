import { Command } from 'commander'
import { exitWhenWritten } from '../exit.ts'
import type { GlobalOptions } from '../options.ts'

const HELP = `
Asks three questions on a terminal: where players connect; whether a load balancer or proxy in front sends a PROXY header,
and from which networks; the first domain, and where its server is. Then it writes infrarust.toml (or what --config names)
and a file of that server, with a comment for each key. --bind, --trusted, --domain and --address answer beforehand, and
what they answer is not asked. Where files are already, nothing is written.

Exit code 0 when the files are written, 1 when one is there already, an answer is wrong or missing, or it was ended, 2 when
they are written and a running proxy does not serve the server.

Example:
  infrarust init
  infrarust init --yes --trusted 10.0.0.2,10.0.1.0/24 --domain survival.example.com --address 10.0.1.5:25565`

interface InitCommandOptions extends GlobalOptions {
  readonly trusted?: string
  readonly domain?: string
  readonly address?: string
  readonly yes?: true
}

export function initCommand(): Command {
  return new Command('init')
    .description('write a first configuration, by the answers to three questions')
    .option(
      '--trusted <networks>',
      'addresses, networks or names of the load balancers that send a PROXY header, or none',
    )
    .option('--domain <domain>', 'what players type to reach the first server')
    .option('--address <address>', 'where the first server is')
    .option('-y, --yes', 'ask nothing: what is not answered by an option is the default')
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const { trusted, domain, address, yes = false, ...global } = command.optsWithGlobals<InitCommandOptions>()
      const { init } = await import('../new-files/init.ts')
      exitWhenWritten(await init({ global, trusted, domain, address, yes }))
    })
}
