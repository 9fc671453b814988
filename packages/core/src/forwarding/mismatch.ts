import type { ForwardingKind } from './forwarding.ts'

/** What a line about a mismatch has to name. */
export interface Between {
  readonly server: { readonly id: string; readonly source: string }
  readonly login: { readonly forwarding: { readonly kind: ForwardingKind } }
}

/** What a server can do that shows that it and the proxy are set up differently. */
export type MismatchName =
  | 'online-mode'
  | 'wants-bungeecord'
  | 'expects-no-bungeecord'
  | 'wants-velocity'
  | 'secrets-differ'
  | 'bungeeguard-token'
  | 'uuid-not-forwarded'
  | 'refuses-transfers'
  | 'never-asked'
  | 'too-old-for-velocity'

interface Mismatch {
  /** Of a text by which servers refuse a player: parts of it, and keys of translations. Operators translate the former. */
  readonly signs: readonly string[]
  /** Those that say so only where the proxy has used this forwarding. */
  readonly signsOf?: Partial<Record<ForwardingKind, readonly string[]>>
  /** What is wrong, and which key to change on which side. */
  explain(between: Between): string
}

const DENIED_BY_BUNGEEGUARD = 'Unable to authenticate.'

/**
 * The mismatches between a proxy and a server behind it. Each is one line for the operator; what the player reads is the
 * server's own text, or that of the reason `forwarding`.
 */
const MISMATCHES: Readonly<Record<MismatchName, Mismatch>> = {
  'online-mode': {
    signs: [],
    explain: ({ server }) =>
      'it authenticates players itself, which only works where players reach it directly; write online-mode=false in its ' +
      `server.properties, or proxy_mode = "passthrough" in ${server.source}`,
  },
  'wants-bungeecord': {
    signs: ['If you wish to use IP forwarding, please enable it in your BungeeCord config as well'],
    explain: ({ server, login }) =>
      `it expects BungeeCord's forwarding, and this proxy uses "${login.forwarding.kind}"; write forwarding_mode = ` +
      `"bungeecord" in ${server.source}, or settings.bungeecord: false in its spigot.yml`,
  },
  'expects-no-bungeecord': {
    signs: ['Unknown data in login hostname', 'did you forget to enable BungeeCord in spigot.yml'],
    explain: ({ server, login }) =>
      `it does not expect the forwarding "${login.forwarding.kind}" that this proxy uses; write settings.bungeecord: true in its ` +
      `spigot.yml, or forwarding_mode = "none" in ${server.source}`,
  },
  'wants-velocity': {
    signs: ['This server requires you to connect with Velocity'],
    explain: ({ server, login }) =>
      `it expects Velocity's forwarding, and this proxy uses "${login.forwarding.kind}"; write forwarding_mode = "velocity" ` +
      `in ${server.source}, or proxies.velocity.enabled: false in its config/paper-global.yml`,
  },
  'secrets-differ': {
    signs: ['Unable to verify player details', 'Invalid proxy response!'],
    explain: ({ server }) =>
      `its forwarding secret is another one; put what is in the secret_file of ${server.source}, or of [forwarding] in ` +
      'infrarust.toml, into proxies.velocity.secret of its config/paper-global.yml (Fabric: secret in ' +
      'config/FabricProxy-Lite.toml)',
  },
  'bungeeguard-token': {
    // Of its configuration, where operators write others. The short one could be any plugin's, unless forwarding was sent.
    signs: [
      'Unable to authenticate - no data was forwarded by the proxy',
      'Invalid connection, please connect through the BungeeCord proxy',
    ],
    signsOf: { bungeeguard: [DENIED_BY_BUNGEEGUARD], bungeecord: [DENIED_BY_BUNGEEGUARD] },
    explain: ({ server, login }) =>
      login.forwarding.kind === 'bungeeguard'
        ? 'it says what BungeeGuard says to a token that it does not know; add what is in the secret_file to allowed-tokens of ' +
          "BungeeGuard's config.yml"
        : `it says what BungeeGuard says to who has no token, and this proxy uses "${login.forwarding.kind}"; if it has ` +
          `BungeeGuard, write forwarding_mode = "bungeeguard" in ${server.source}`,
  },
  'uuid-not-forwarded': {
    signs: ['multiplayer.disconnect.invalid_public_key_signature'],
    explain: ({ server, login }) =>
      `it holds the player's key against another UUID: with the forwarding "${login.forwarding.kind}" it does not hear of the ` +
      `account; write forwarding_mode = "velocity" or "bungeecord" in ${server.source} and the same in the server, or ` +
      'enforce-secure-profile=false in its server.properties',
  },
  'refuses-transfers': {
    signs: ['multiplayer.disconnect.transfers_disabled'],
    explain: ({ server }) =>
      'it takes no players whom another server has sent; write accepts-transfers=true in its server.properties, or ' +
      `transfer_intent = "login" in ${server.source}`,
  },
  'never-asked': {
    signs: [],
    explain: ({ server }) =>
      "it has let a player in without Velocity's question who that is, so it would believe anybody who reaches its port; " +
      'write proxies.velocity.enabled: true and the secret in its config/paper-global.yml (Fabric: install ' +
      `FabricProxy-Lite), or another forwarding_mode in ${server.source}`,
  },
  'too-old-for-velocity': {
    signs: [],
    explain: ({ server }) =>
      "a player came with a version before 1.13, which Velocity's forwarding does not reach; for those write forwarding_mode = " +
      `"bungeecord" or "bungeeguard" in ${server.source}, and the same in the server`,
  },
}

/** The line for the operator. */
export function explain(name: MismatchName, between: Between): string {
  return lineAbout(MISMATCHES[name], between)
}

/**
 * What a server's refusal says about how the two are set up.
 *
 * @param text its JSON, and what a player reads of it
 * @returns the line for the operator; undefined where the refusal has another cause
 */
export function mismatchIn(text: string, between: Between): string | undefined {
  const { kind } = between.login.forwarding
  const found = Object.values(MISMATCHES).find(({ signs, signsOf }) =>
    [...signs, ...(signsOf?.[kind] ?? [])].some((sign) => text.includes(sign)),
  )
  return found === undefined ? undefined : lineAbout(found, between)
}

function lineAbout(mismatch: Mismatch, between: Between): string {
  return `server "${between.server.id}": ${mismatch.explain(between)}`
}

/** A server that closed without a word, where the address of the handshake was longer than a vanilla server reads. */
export function closedOnLongAddress({ server, login }: Between): string {
  return (
    `server "${server.id}": it closed on a handshake with the forwarding "${login.forwarding.kind}" in it; a server ` +
    `without BungeeCord's forwarding does that: write forwarding_mode = "none" in ${server.source}, or settings.bungeecord: ` +
    'true in its spigot.yml (vanilla and Fabric have no such key)'
  )
}
