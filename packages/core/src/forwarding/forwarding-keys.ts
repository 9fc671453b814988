import type { Feature } from '../config/feature.ts'
import { type KeyTable, keyTable } from '../config/key-table.ts'
import { choice } from '../config/values/choice.ts'
import { text } from '../config/values/plain.ts'
import type { BackendLogin, ForwardingKind } from './forwarding.ts'
import { forwardingMode, forwardingModeForAnyone } from './forwarding-mode.ts'

/** `[forwarding]`: how servers are told who the players are, where they do not say otherwise. */
export interface ForwardingConfig {
  readonly mode: ForwardingKind
  /** As written; relative to the data folder. */
  readonly secretFile: string
}

/** What `[forwarding]` is about in the whole gateway. */
export interface GatewayWithForwarding {
  readonly forwarding: ForwardingConfig
}

/** What a server says about the way in which the proxy logs in to it. */
export interface ServerForwarding {
  /** Undefined: as `[forwarding]` has it. */
  readonly forwardingMode: ForwardingKind | undefined
  /** As written; relative to the data folder. Undefined: that of `[forwarding]`. */
  readonly secretFile: string | undefined
  readonly transferIntent: BackendLogin['transferIntent']
}

const LONGEST_PATH = 4096
const NO_CHANNEL = 'there are no plugins here'

const forwardingKeys: KeyTable<ForwardingConfig> = keyTable<ForwardingConfig>(
  {
    mode: {
      kind: 'key',
      from: 'operator',
      name: 'mode',
      type: forwardingMode,
      default: 'none',
      description:
        'How servers with `proxy_mode` `client_only` or `offline` are told name, UUID, skin and address of a player: signed (`velocity`), in the handshake (`bungeecord`), there with a token (`bungeeguard`), or not at all. A server may say otherwise with `forwarding_mode`.',
      example: 'velocity',
      reload: 'live',
    },
    secretFile: {
      kind: 'key',
      from: 'operator',
      name: 'secret_file',
      type: text({ maxLength: LONGEST_PATH }),
      default: 'forwarding.secret',
      description:
        'File with the secret of `velocity`, and the token of `bungeeguard`; in `data_dir`. Made with 32 random characters where it is not there. The variable `VELOCITY_FORWARDING_SECRET` wins over it.',
      example: '/etc/infrarust/forwarding.secret',
      reload: 'live',
    },
  },
  {
    elsewhere: { secret: 'write the secret into a file, and its path as secret_file = "forwarding.secret"' },
    withoutEffect: { bungeecord_channel: NO_CHANNEL, channel_permissions: NO_CHANNEL },
  },
)

/** `[forwarding]` of `infrarust.toml`; `forwarding_mode`, `secret_file` and `transfer_intent` of a server. */
export const forwarding: Feature<GatewayWithForwarding, ServerForwarding> = {
  gateway: keyTable<GatewayWithForwarding>(
    {
      forwarding: {
        kind: 'table',
        name: 'forwarding',
        description: 'How servers are told who the players are. The mere table changes nothing.',
        table: forwardingKeys,
      },
    },
    {
      elsewhere: {
        forwarding_mode: 'write mode = "velocity" in [forwarding]',
        secret_file: 'write it in [forwarding]',
      },
    },
  ),
  server: keyTable<ServerForwarding>(
    {
      forwardingMode: {
        kind: 'key',
        from: 'anyone',
        name: 'forwarding_mode',
        type: forwardingMode,
        typeForAnyone: forwardingModeForAnyone,
        default: undefined,
        absent: '`mode` of `[forwarding]`',
        description:
          'How this server is told who a player is: `none`, `velocity`, `bungeecord` or `bungeeguard`. Needs `proxy_mode` `client_only` or `offline`. Labels need `forwarding = true` in `[docker]`, and never give the token of `bungeeguard`.',
        example: 'velocity',
        reload: 'live',
      },
      secretFile: {
        kind: 'key',
        from: 'operator',
        name: 'secret_file',
        type: text({ maxLength: LONGEST_PATH }),
        default: undefined,
        absent: '`secret_file` of `[forwarding]`',
        description:
          'File with the secret that this server shares with the proxy and with no other server; in `data_dir`. Made with 32 random characters where it is not there.',
        example: 'survival.secret',
        reload: 'live',
      },
      transferIntent: {
        kind: 'key',
        from: 'anyone',
        name: 'transfer_intent',
        type: choice(['keep', 'login']),
        default: 'keep',
        description:
          'What this server sees of a player whom another server has sent here: that (`keep`, which it refuses unless it has `accepts-transfers=true`), or an ordinary `login`. Needs `proxy_mode` `client_only` or `offline`.',
        example: 'login',
        reload: 'live',
      },
    },
    {
      elsewhere: {
        forwarding: '[forwarding] stands in infrarust.toml; a server has forwarding_mode = "velocity"',
        forwarding_secret_file: 'write secret_file = "survival.secret"',
        forwarding_secret: 'write the secret into a file, and its path as secret_file = "survival.secret"',
      },
    },
  ),
}
