import { tomlStrings } from './toml-string.ts'

/** What the file of a new server says. */
export interface ServerFileContent {
  readonly domains: readonly string[]
  readonly addresses: readonly string[]
  /** The version of the PROXY header that the server gets. */
  readonly sends: false | 1 | 2
}

/** The keys as a TOML parser would give them. */
export function serverFileValues({ domains, addresses, sends }: ServerFileContent): Readonly<Record<string, unknown>> {
  return { domains, addresses, ...(sends !== false && { send_proxy_protocol: sends === 2 ? true : 'v1' }) }
}

/** The file itself, for who has never seen one. */
export function serverFileText({ domains, addresses, sends }: ServerFileContent): string {
  const sendsKey = `send_proxy_protocol = ${sends === 1 ? '"v1"' : 'true'}`
  return `# One server. The name of this file without .toml is its id: what commands, logs and metrics call it.
# docs/servers.md explains every key. A running proxy takes a change over as soon as the file is saved.

# What players type. "*.example.com" stands for every name below example.com.
domains = ${tomlStrings(domains)}

# Where the server is. Several addresses are tried in their order. Without a port it is looked up as the game does it:
# the SRV record of the name, else port 25565.
addresses = ${tomlStrings(addresses)}

# Tells the server the player's own address, with a PROXY header. Both sides or neither: the server must expect it.
#   Paper: proxies: proxy-protocol: true in config/paper-global.yml    Velocity: haproxy-protocol = true in velocity.toml
#   BungeeCord: proxy_protocol: true in config.yml                     infrarust doctor says whether both sides agree
${sends === false ? '# ' : ''}${sendsKey}
`
}
