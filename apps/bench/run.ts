/**
 * Runs the same jobs through each contender in interleaved rounds and prints ratios to HAProxy. Loopback only.
 *
 *   node run.ts [--rounds 5] [--only connect,echo] [--contenders haproxy,node,native] [--quick]
 *               [--peer 'name=program {config}' --template file] [--chart file.svg] [--json]
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Contender, DIRECT, external, HAPROXY, infrarust, NGINX } from './src/contenders.ts'
import { figures, type Measured } from './src/figures.ts'
import { buildLoad } from './src/load.ts'
import { chart, rows, table } from './src/report.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    contenders: { type: 'string', default: 'direct,haproxy,nginx,node,native,native2' },
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
  nginx: NGINX,
  node: infrarust('node'),
  native: infrarust('native'),
  native2: infrarust('native', 2),
}

const contenders = [
  ...options.contenders.split(',').map((name) => {
    const known = KNOWN[name]
    if (known === undefined)
      throw new Error(`no contender is called "${name}"; known: ${Object.keys(KNOWN).join(', ')}`)
    return known
  }),
  ...options.peer.map((peer) => external(peer, options.template)),
]
const scale = options.quick
  ? { connections: 4_000, warmUpConnections: 2_000, milliseconds: 1_000, idleConnections: 1_000, rate: 5_000 }
  : { connections: 20_000, warmUpConnections: 30_000, milliseconds: 4_000, idleConnections: 5_000, rate: 8_000 }
const wanted = figures(scale).filter((figure) => options.only?.split(',').includes(figure.key) ?? true)

buildLoad()
const all = []
for (const figure of wanted) {
  const values = new Map<string, Measured[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < Number(options.rounds); round++)
    for (const contender of contenders) {
      process.stderr.write(`${figure.key}, round ${round + 1}: ${contender.name}\n`)
      values.get(contender.name)?.push(await figure.measure(contender))
    }
  all.push(...rows({ figure, values }, HAPROXY.name))
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
