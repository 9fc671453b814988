import { type KeyTable, keyTable } from '../config/key-table.ts'
import { anyTable } from '../config/values/any-table.ts'
import { argumentList } from '../config/values/argument-list.ts'
import { choice } from '../config/values/choice.ts'
import { duration } from '../config/values/duration.ts'
import { boolean, text } from '../config/values/plain.ts'
import { type ManagerType, managerType } from './manager-type.ts'
import { panelUrl } from './panel-url.ts'

/** `[server_manager]` of a server: who starts and stops it, when, and what that one has to know. */
export interface ServerManagerConfig extends ManagerTimes, LocalKeys, CommandKeys, DockerKeys, PanelKeys, ModuleKeys {
  /** Undefined is a problem that `managerProblems` names. */
  readonly type: ManagerType | undefined
}

/** When a server is started and stopped, whoever does it. */
export interface ManagerTimes {
  /** From the order to the first list ping that is answered. */
  readonly startTimeoutMs: number
  /** Without players for so long it is stopped; undefined: never. */
  readonly shutdownAfterMs: number | undefined
  /** It is not stopped before it was up for so long. */
  readonly minOnlineMs: number
  /** After a start that failed nobody starts it for so long. */
  readonly cooldownMs: number
  /** `players`: those in its own status too; `sessions`: only those who came through this proxy. */
  readonly count: 'players' | 'sessions'
}

/** A process of this machine, a child of the proxy. */
export interface LocalKeys {
  readonly command: string | undefined
  readonly args: readonly string[]
  readonly workingDir: string | undefined
  readonly readyPattern: string | undefined
  /** After `stop` on its console, and once more after SIGTERM; then SIGKILL. */
  readonly shutdownTimeoutMs: number
  readonly stopWithProxy: boolean
}

/** Programs that start and stop it; the first element is the program, no shell reads them. */
export interface CommandKeys {
  readonly start: readonly string[] | undefined
  readonly stop: readonly string[] | undefined
  readonly state: readonly string[] | undefined
  /** For one of them to end. */
  readonly commandTimeoutMs: number
}

/** A container. */
export interface DockerKeys {
  /** Undefined: the container that the server was found in. */
  readonly container: string | undefined
  /** Paused instead of stopped. */
  readonly pause: boolean
}

/** A server of a panel. */
export interface PanelKeys {
  /** Without the `/` at its end. */
  readonly apiUrl: string | undefined
  readonly apiKey: string | undefined
  readonly serverId: string | undefined
  readonly pollIntervalMs: number
  readonly caFile: string | undefined
  readonly insecure: boolean
}

/** A module of the operator's own. */
export interface ModuleKeys {
  /** For the module, which checks them. */
  readonly options: Readonly<Record<string, unknown>>
}

const path = text({ maxLength: 4096 })
/** Keys of `[server_manager]`. What runs something, reads a file or holds a key is the operator's alone. */
export const managerKeys: KeyTable<ServerManagerConfig> = keyTable<ServerManagerConfig>(
  {
    type: {
      kind: 'key',
      from: 'anyone',
      name: 'type',
      type: managerType,
      typeForAnyone: choice(['docker']),
      default: undefined,
      absent: 'must be given',
      description:
        'Who starts and stops the server: `local` runs it as a child of the proxy, `command` calls programs (systemd, ssh, wake-on-LAN), `docker` a container, `pterodactyl` and `crafty` a panel. The path of a module, relative to this file, is a type of your own. In labels only `docker`, which means the labelled container.',
      example: 'docker',
      reload: 'live',
    },
    startTimeoutMs: {
      kind: 'key',
      from: 'anyone',
      name: 'start_timeout',
      type: duration({ minMs: 1_000, maxMs: 3_600_000 }),
      default: '60s',
      description: 'How long a start may take until the server answers a list ping; then it has failed.',
      example: '3m',
      reload: 'live',
    },
    shutdownAfterMs: {
      kind: 'key',
      from: 'anyone',
      name: 'shutdown_after',
      type: duration({ minMs: 1_000 }),
      default: undefined,
      absent: 'never',
      description: 'Stops the server when nobody has been on it for so long.',
      example: '10m',
      reload: 'live',
    },
    minOnlineMs: {
      kind: 'key',
      from: 'anyone',
      name: 'min_online',
      type: duration(),
      default: '60s',
      description: 'Once it is up, the server is not stopped earlier than this.',
      example: '5m',
      reload: 'live',
    },
    cooldownMs: {
      kind: 'key',
      from: 'anyone',
      name: 'cooldown',
      type: duration({ minMs: 1_000 }),
      default: '30s',
      description: 'After a start that failed, nobody can start the server for so long.',
      example: '2m',
      reload: 'live',
    },
    count: {
      kind: 'key',
      from: 'anyone',
      name: 'count',
      type: choice(['players', 'sessions']),
      default: 'players',
      description:
        'Who keeps the server up: `players` are also those in its own status, who may have come another way; `sessions` only those who came through this proxy, for servers whose plugins invent players.',
      example: 'sessions',
      reload: 'live',
    },
    command: {
      kind: 'key',
      from: 'operator',
      name: 'command',
      type: path,
      default: undefined,
      absent: 'must be given with `local`',
      description: '`local`: the program, by its path or its name on `PATH`; no shell reads it.',
      example: 'java',
      reload: 'live',
    },
    args: {
      kind: 'key',
      from: 'operator',
      name: 'args',
      type: argumentList,
      default: [],
      description: '`local`: its arguments.',
      example: ['-Xmx4G', '-jar', 'server.jar', 'nogui'],
      reload: 'live',
    },
    workingDir: {
      kind: 'key',
      from: 'operator',
      name: 'working_dir',
      type: path,
      default: undefined,
      absent: 'must be given with `local`; with `command` the folder of this file',
      description: '`local`, `command`: the folder in which it runs, relative to this file.',
      example: '/srv/survival',
      reload: 'live',
    },
    readyPattern: {
      kind: 'key',
      from: 'operator',
      name: 'ready_pattern',
      type: text({ maxLength: 1024 }),
      default: undefined,
      absent: 'an answered list ping is enough',
      description:
        '`local`: a line of its output must hold this, too, before it is ready. A player can write it in the chat, so it never replaces the ping.',
      example: 'For help, type "help"',
      reload: 'live',
    },
    shutdownTimeoutMs: {
      kind: 'key',
      from: 'operator',
      name: 'shutdown_timeout',
      type: duration({ minMs: 1_000, maxMs: 3_600_000 }),
      default: '30s',
      description:
        '`local`: how long it may take to stop after `stop` on its console; then it gets SIGTERM, and after the same time again SIGKILL.',
      example: '1m',
      reload: 'live',
    },
    stopWithProxy: {
      kind: 'key',
      from: 'operator',
      name: 'stop_with_proxy',
      type: boolean,
      default: true,
      description: '`local`: whether it is stopped when the proxy ends; otherwise it goes on without a console.',
      example: false,
      reload: 'live',
    },
    start: {
      kind: 'key',
      from: 'operator',
      name: 'start',
      type: argumentList,
      default: undefined,
      absent: 'must be given with `command`',
      description: '`command`: program and arguments that start it; no shell reads them. They may end before it is up.',
      example: ['systemctl', 'start', 'survival'],
      reload: 'live',
    },
    stop: {
      kind: 'key',
      from: 'operator',
      name: 'stop',
      type: argumentList,
      default: undefined,
      absent: 'must be given with `command`',
      description: '`command`: program and arguments that stop it in order.',
      example: ['systemctl', 'stop', 'survival'],
      reload: 'live',
    },
    state: {
      kind: 'key',
      from: 'operator',
      name: 'state',
      type: argumentList,
      default: undefined,
      absent: 'only list pings tell',
      description: '`command`: program and arguments that end with status 0 where the server runs.',
      example: ['systemctl', 'is-active', '--quiet', 'survival'],
      reload: 'live',
    },
    commandTimeoutMs: {
      kind: 'key',
      from: 'operator',
      name: 'command_timeout',
      type: duration({ minMs: 100, maxMs: 3_600_000 }),
      default: '30s',
      description: '`command`: how long each of them may run; then it is ended and has failed.',
      example: '2m',
      reload: 'live',
    },
    container: {
      kind: 'key',
      from: 'operator',
      name: 'container',
      type: text({ maxLength: 256 }),
      default: undefined,
      absent: 'the container whose labels define the server',
      description: '`docker`: the name of the container.',
      example: 'survival',
      reload: 'live',
    },
    pause: {
      kind: 'key',
      from: 'anyone',
      name: 'pause',
      type: boolean,
      default: false,
      description: '`docker`: whether it is paused and not stopped: it wakes at once, and keeps its memory.',
      example: true,
      reload: 'live',
    },
    apiUrl: {
      kind: 'key',
      from: 'operator',
      name: 'api_url',
      type: panelUrl,
      default: undefined,
      absent: 'must be given with a panel',
      description: '`pterodactyl`, `crafty`: where the panel is.',
      example: 'https://panel.example.com',
      reload: 'live',
    },
    apiKey: {
      kind: 'key',
      from: 'operator',
      name: 'api_key',
      type: text({ maxLength: 4096 }),
      default: undefined,
      absent: 'must be given with a panel',
      description: '`pterodactyl`, `crafty`: a key of the panel for this server.',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is replaced where the file is read
      example: '${PANEL_KEY}',
      isSecret: true,
      reload: 'live',
    },
    serverId: {
      kind: 'key',
      from: 'operator',
      name: 'server_id',
      type: text({ maxLength: 256 }),
      default: undefined,
      absent: 'must be given with a panel',
      description: '`pterodactyl`, `crafty`: what the panel calls the server.',
      example: '1a2b3c4d',
      reload: 'live',
    },
    pollIntervalMs: {
      kind: 'key',
      from: 'operator',
      name: 'poll_interval',
      type: duration({ minMs: 1_000, maxMs: 3_600_000 }),
      default: '5s',
      description:
        '`pterodactyl`, `crafty`: how often the panel is asked while the server starts or stops. Whether it is up is asked of the server itself, every second.',
      example: '10s',
      reload: 'live',
    },
    caFile: {
      kind: 'key',
      from: 'operator',
      name: 'ca_file',
      type: path,
      default: undefined,
      absent: 'the authorities that the system knows',
      description: '`pterodactyl`, `crafty`: certificate of a panel that has signed its own, relative to this file.',
      example: 'panel-ca.pem',
      reload: 'live',
    },
    insecure: {
      kind: 'key',
      from: 'operator',
      name: 'insecure',
      type: boolean,
      default: false,
      description:
        '`pterodactyl`, `crafty`: takes any certificate: whoever is between the proxy and the panel learns the key.',
      example: true,
      reload: 'live',
    },
    options: {
      kind: 'key',
      from: 'operator',
      name: 'options',
      type: anyTable,
      default: {},
      description: 'A type of your own: what its module is told, a table of its own keys.',
      example: { host: '10.0.1.5' },
      isSecret: true,
      reload: 'live',
    },
  },
  {
    elsewhere: {
      idle_timeout: 'write shutdown_after = "10m"',
      auto_stop: 'write shutdown_after = "10m"',
      timeout: 'write start_timeout = "60s"',
    },
  },
)
