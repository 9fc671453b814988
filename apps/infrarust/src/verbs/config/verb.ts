import * as v from 'valibot'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'

const KEY = v.object({
  /** `proxy_protocol.trusted`, `listener[0].bind` */
  key: v.string(),
  /** As it would be written; null where it is withheld, and where the absent key means something that no value says. */
  value: v.unknown(),
  /** Set, but for nobody's eyes. */
  withheld: v.boolean(),
  /** What an absent key means, where no value says it. */
  meaning: v.nullable(v.string()),
  from: v.string(),
  /** `--bind`, `INFRARUST_BIND`, `infrarust.toml:1:1`; null for a default. */
  place: v.nullable(v.string()),
  references: v.array(v.string()),
})

/** A key that is written otherwise than it is in force. */
const WAITING = v.object({
  key: v.string(),
  /** Null where it is withheld, or not there. */
  in_force: v.unknown(),
  written: v.unknown(),
})

/** What the files say now, or said when they could last be taken, where from, and what is wrong with it. */
export const verb = dataVerb({
  name: 'config.get',
  method: 'GET',
  path: '/config',
  summary:
    'Every key with its value and where that comes from, secrets withheld, what waits for a restart, and what is wrong.',
  request: v.strictObject({}),
  result: v.object({
    path: v.string(),
    /** Where the file cannot be taken those that were in force before: they still are. */
    keys: v.array(KEY),
    /** Of these keys what is in force differs from `keys` until the next start. */
    need_restart: v.array(WAITING),
    /** Those that are in force, from files, containers and other providers. */
    servers: v.array(v.object({ id: v.string(), source: v.string(), keys: v.array(KEY) })),
    /** With file and line. */
    problems: v.array(v.string()),
    warnings: v.array(v.string()),
  }),
  async run({ configuration, registry, needRestart, problems }: LiveProxy) {
    const { path } = configuration
    // Seldom wanted, and not small.
    const [{ readAgain }, { gatewayInForce, serversInForce }, { waitingKeys }] = await Promise.all([
      import('../../configuration.ts'),
      import('../../check/shown.ts'),
      import('../../check/waiting-keys.ts'),
    ])
    const read = await readAgain(configuration)
    const servers = serversInForce(registry.defined)
    if (read.kind === 'faulty') {
      const all = [...new Set([...problems(), ...read.problems])]
      const keys = gatewayInForce(configuration.loaded)
      return { path, keys, need_restart: [], servers, problems: all, warnings: [] }
    }
    const keys = gatewayInForce(read.loaded)
    return {
      path,
      keys,
      need_restart: waitingKeys(gatewayInForce(configuration.loaded), keys, needRestart()),
      servers,
      problems: problems(),
      warnings: read.loaded.warnings.map(({ message }) => message),
    }
  },
})
