import { hammer } from './hammer.ts'

// node test/hammer-run.ts SECONDS [SEED] [THREADS]: the hammer alone, for `native/sanitize.mjs`.
const [seconds = '10', seed = String(Date.now() % 1e9), threads = '2'] = process.argv.slice(2)
console.log(`hammer: ${seconds} s, seed ${seed}, ${threads} threads`)
const report = await hammer({ seconds: Number(seconds), seed: Number(seed), threads: Number(threads), clients: 80 })
console.log(`hammer: ${report.connections} connections, ${report.relays} relays, ${report.pumps} after a parley`)
for (const wrong of report.wrong) console.error(`hammer: ${wrong}`)
process.exitCode = report.wrong.length === 0 && report.connections > 0 ? 0 : 1
