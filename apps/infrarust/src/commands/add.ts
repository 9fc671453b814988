import { Command, InvalidArgumentError } from 'commander'
import { exitWhenWritten } from '../exit.ts'
import type { GlobalOptions } from '../options.ts'

const HELP = `
Writes a commented file into the folder of the server files and says whether the running proxy has taken it over. What
"infrarust check" would refuse is refused: a domain or an id that another server has, what is no domain or no address, the
proxy's own address. A file that is there is never overwritten. Several addresses are tried in their order. --proxy-protocol
is for a server that expects a PROXY header, such as a Paper with proxy-protocol: true; v2 unless v1 is written behind it.

Exit code 0 when it is written, and served if a proxy runs, 1 when nothing was written, 2 when it is written and the
running proxy does not serve it or could not be asked.

Example:
  infrarust add survival.example.com 10.0.1.5:25565
  infrarust add "*.lobby.example.com" 10.0.1.6 10.0.1.7 --id lobby --proxy-protocol`

interface AddOptions extends GlobalOptions {
  readonly id?: string
  readonly proxyProtocol?: 1 | 2 | true
}

export function addCommand(): Command {
  return new Command('add')
    .description('add a server: write its file, which a running proxy takes over at once')
    .argument('<domain>', 'what players type')
    .argument('<address...>', 'where the server is')
    .option('--id <id>', 'what commands, logs and the file call it (default: made from the domain)')
    .option('--proxy-protocol [version]', 'send it a PROXY header with the address of the player', version)
    .addHelpText('after', HELP)
    .action(async (domain: string, addresses: readonly string[], _: unknown, command: Command) => {
      const { id, proxyProtocol = false, ...options } = command.optsWithGlobals<AddOptions>()
      const { add } = await import('../new-files/add.ts')
      const sends = proxyProtocol === true ? 2 : proxyProtocol
      exitWhenWritten(await add({ domain, addresses, id, sends }, options))
    })
}

function version(written: string): 1 | 2 {
  if (written === 'v1' || written === '1') return 1
  if (written === 'v2' || written === '2') return 2
  throw new InvalidArgumentError('Write v1 or v2 behind it, or nothing; or write it behind the addresses.')
}
