import { type BackendAddress, backendAddress } from '@infrarust/core/provider'
import { Command, InvalidArgumentError } from 'commander'
import { exitWhenWritten } from '../exit.ts'
import type { GlobalOptions } from '../options.ts'

const HELP = `
Asks as the server list of a player does, never for a login: each listener of the proxy on this machine, with a PROXY header
where it requires one, and at the same time each address of the server that the domain leads to, with the header that the
proxy sends it. LATENCY is from the dial to the whole answer. What is wrong, and why both may differ, stands below the
table. A listener that believes headers of a load balancer alone is not asked: --via asks where the players connect.

Exit code 0 when all have answered, 1 when one has not or when no server has the domain, 2 for a configuration that does
not load, or what is no domain.

Example:
  infrarust ping survival.example.com
  infrarust ping survival.example.com --via lb.example.com:25565`

interface PingCommandOptions extends GlobalOptions {
  readonly via?: BackendAddress
  readonly json?: true
}

export function pingCommand(): Command {
  return new Command('ping')
    .description('ask for the status of a domain, through the proxy and past it, side by side')
    .argument('<domain>', 'what players type')
    .option(
      '--via <address>',
      'where players connect, such as a load balancer: asked instead of the listeners',
      address,
    )
    .option('--json', 'one object instead of a table')
    .addHelpText('after', HELP)
    .action(async (domain: string, _: unknown, command: Command) => {
      const { via, json = false, ...global } = command.optsWithGlobals<PingCommandOptions>()
      const { ping } = await import('../ping/ping.ts')
      exitWhenWritten(await ping(domain, { global, via, json }))
    })
}

function address(written: string): BackendAddress {
  const reading = backendAddress.read(written)
  if (reading.kind === 'fault') throw new InvalidArgumentError(`It ${reading.fault}.`)
  return reading.value
}
