import { tomlString, tomlStrings } from './toml-string.ts'

/** What a new `infrarust.toml` says; what is undefined stands there as a comment, with its default. */
export interface GatewayFileContent {
  readonly bind: string | undefined
  readonly serversDir: string | undefined
  /** Networks of the load balancers that send a PROXY header. */
  readonly trusted: readonly string[] | undefined
  readonly logLevel: string | undefined
}

/** The keys as a TOML parser would give them. */
export function gatewayFileValues({
  bind,
  serversDir,
  trusted,
  logLevel,
}: GatewayFileContent): Readonly<Record<string, unknown>> {
  return {
    ...(bind !== undefined && { bind }),
    ...(serversDir !== undefined && { servers_dir: serversDir }),
    ...(trusted !== undefined && { proxy_protocol: { mode: 'required', trusted } }),
    ...(logLevel !== undefined && { log: { level: logLevel } }),
  }
}

/** The file itself, for who has never seen one. */
export function gatewayFileText({ bind, serversDir, trusted, logLevel }: GatewayFileContent): string {
  const header = unless(trusted === undefined)
  return `# The proxy as a whole. docs/configuration.md explains every key. Where a key stands behind "#", that is its default or an
# example: remove the "#" to change it. A running proxy takes a saved file over at once, but for where it listens.
# Is all of it right? infrarust check

# Where players connect: an address of this machine and a port. "[::]:25565" is every address, IPv6 and IPv4.
${unless(bind === undefined)}bind = ${tomlString(bind ?? '0.0.0.0:25565')}

# Each file in this folder is one server. To write one: infrarust add <domain> <address>
${unless(serversDir === undefined)}servers_dir = ${tomlString(serversDir ?? './servers')}

# For a load balancer or proxy in front that sends a PROXY header, which says who the player is. "required": every
# connection begins with one; "optional": players may connect directly, too. It is believed from these networks alone:
# name the addresses of the load balancers, and nothing that a player could have.
${header}[proxy_protocol]
${header}mode = "required"
${header}trusted = ${tomlStrings(trusted ?? ['10.0.0.2', '10.0.1.0/24'])}

# How much is logged: "debug", "info", "warn" or "error".
${unless(logLevel === undefined)}[log]
${unless(logLevel === undefined)}level = ${tomlString(logLevel ?? 'info')}
`
}

function unless(isComment: boolean): string {
  return isComment ? '# ' : ''
}
