/**
 * Writes access records as fast as it can for tests of the log, and tells on standard error what became of them:
 * `{"turns", "longestTurnMs", "dropped": {"stdout", "file"}}`. Arguments: the number of records, the log file or "".
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { exitWithLog, openLog } from '../../dist/log/logger.js'

const [records, file] = [Number(process.argv[2]), process.argv[3] || undefined]
const RECORDS_A_TURN = 100

const log = openLog({
  level: 'info',
  format: 'json',
  levels: 'names',
  addresses: 'full',
  arePingsLogged: true,
  file,
  fileMaxBytes: 1_073_741_824,
  fileRotation: 'size',
  fileKeep: 1,
})
let longestTurnMs = 0
for (let written = 0; written < records; written += RECORDS_A_TURN) {
  const begun = performance.now()
  for (let index = 0; index < RECORDS_A_TURN; index++)
    log.logger.info({ event: 'access', number: written + index, ...record() })
  await nextTurn()
  longestTurnMs = Math.max(longestTurnMs, performance.now() - begun)
}
const dropped = Object.fromEntries(log.outputs.map((output) => [output.name, output.dropped]))
process.stderr.write(`${JSON.stringify({ longestTurnMs, dropped })}\n`)

// The reader wakes up when it has seen the line above.
process.stdin.once('data', async () => {
  log.logger.info({ event: 'end' })
  await exitWithLog(log, 0)
})

function record(): object {
  return {
    ...{ client: '203.0.113.7', client_port: 54_321, peer: '10.0.0.2', peer_port: 40_112, listener: '0.0.0.0:25565' },
    ...{ proxy_version: 2, proxy_command: 'PROXY', intent: 'login', protocol: 770, domain: 'survival.example.com' },
    ...{ player: 'Notch', server: 'survival', endpoint: '10.0.1.5:25565', bytes_in: 18_230, bytes_out: 1_204_466 },
    ...{
      ms: { header: 1, handshake: 22, login: 0, connect: 2, relay: 61_240, total: 61_265 },
      reason: 'client_closed',
    },
  }
}
