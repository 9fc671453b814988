/**
 * Runs the same jobs through each contender in interleaved rounds and prints ratios to HAProxy. Loopback only.
 *
 *   node run.ts [--rounds 15] [--only connect,echo] [--contenders haproxy,node,native] [--quick]
 *               [--peer 'name=program {config}' --template file] [--chart file.svg] [--json]
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Contender, DIRECT, external, HAPROXY, HAPROXY_SPLICE, infrarust, NGINX } from './src/contenders.ts'
import { type Figure, figures, loginFigures, type Measured, type Prepared } from './src/figures.ts'
import { buildLoad } from './src/load.ts'
import { chart, rows, table } from './src/report.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    only: { type: 'string' },
    contenders: { type: 'string' },
    peer: { type: 'string', multiple: true, default: [] },
    template: { type: 'string' },
    chart: { type: 'string' },
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
})

const KNOWN: Readonly<Record<string, Contender>> = {
  direct: DIRECT,
  haproxy: HAPROXY,
  'haproxy-splice': HAPROXY_SPLICE,
  nginx: NGINX,
  node: infrarust('node'),
  native: infrarust('native'),
  native2: infrarust('native', 2),
  'node-client_only': infrarust('node', 1, [], 'client_only'),
  'native-client_only': infrarust('native', 1, [], 'client_only'),
  // With V8's own young generation: what leaving it to V8 would cost, in `idle` and `connect`.
  'native-v8': infrarust('native', 1, ['--max-semi-space-size=16']),
}

const ALWAYS = 'direct,haproxy,nginx,node,native,native2'
/** Where bytes pour, HAProxy's own `splice` is there as well. */
const IN_BULK = `${ALWAYS},haproxy-splice`

/** HAProxy relays what the others decipher and encipher. */
const IN_LOGINS = 'haproxy,node-client_only,native-client_only'

function usualContenders({ key }: Figure): string {
  if (key.startsWith('login')) return IN_LOGINS
  return ['up', 'down', 'beside'].includes(key) ? IN_BULK : ALWAYS
}

const contenders = (figure: Figure): readonly Contender[] => [
  ...(options.contenders ?? usualContenders(figure)).split(',').map((name) => {
    const known = KNOWN[name]
    if (known === undefined)
      throw new Error(`no contender is called "${name}"; known: ${Object.keys(KNOWN).join(', ')}`)
    return known
  }),
  ...options.peer.map((peer) => external(peer, options.template)),
]
const scale = options.quick
  ? {
      connections: 1_000,
      warmUpConnections: 4_000,
      milliseconds: 300,
      warmUpMilliseconds: 1_000,
      idleConnections: 1_000,
      rate: 5_000,
      logins: 50,
      warmUpLogins: 100,
    }
  : {
      connections: 2_000,
      warmUpConnections: 50_000,
      milliseconds: 1_000,
      warmUpMilliseconds: 8_000,
      idleConnections: 5_000,
      rate: 8_000,
      logins: 200,
      warmUpLogins: 1_500,
    }
const wanted = [...figures(scale), ...loginFigures(scale)].filter(
  (figure) => options.only?.split(',').includes(figure.key) ?? true,
)

buildLoad()
const all = []
for (const figure of wanted) all.push(...rows({ figure, values: await measured(figure) }, HAPROXY.name))

/** All contenders are there at once and take turns: what slows the machine for some seconds slows each of them. */
async function measured(figure: Figure): Promise<ReadonlyMap<string, readonly Measured[]>> {
  const values = new Map<string, Measured[]>(contenders(figure).map(({ name }) => [name, []]))
  const prepared = new Map<string, Prepared>()
  try {
    for (const contender of contenders(figure)) {
      process.stderr.write(`${figure.key}: ${contender.name} warms up\n`)
      prepared.set(contender.name, await figure.prepare(contender))
    }
    const rounds = Math.min(Number(options.rounds), figure.mostRounds ?? Number.POSITIVE_INFINITY)
    for (let round = 1; round <= rounds; round++) {
      process.stderr.write(`${figure.key}: round ${round} of ${rounds}\n`)
      for (const [name, each] of prepared) values.get(name)?.push(await each.measure())
    }
  } finally {
    for (const each of prepared.values()) await each.stop()
  }
  return values
}

process.stdout.write(
  options.json
    ? `${JSON.stringify(
        all.map(({ figure, ...row }) => ({ figure: figure.key, unit: figure.unit, ...row })),
        null,
        2,
      )}\n`
    : `${table(all)}\nHAProxy relays without looking at Minecraft at all; Infrarust reads the handshake and routes by it.\n`,
)
if (options.chart !== undefined) writeFileSync(options.chart, chart(all))
