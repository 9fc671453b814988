import { believesEverybody, isUnixName } from '@infrarust/core'
import * as v from 'valibot'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb, type Sent } from '../verb.ts'

const finding = v.object({
  level: v.picklist(['error', 'warn']),
  kind: v.picklist(['config', 'provider', 'conflict', 'header', 'mismatch', 'server', 'endpoint', 'trust']),
  /** What is wrong, and where it is known how to mend it, that as well. */
  text: v.string(),
  server: v.exactOptional(v.string()),
  listener: v.exactOptional(v.string()),
})

type Finding = Sent<typeof finding>

/** A header that was wrong so long ago has been mended. */
const LATELY_MS = 10 * 60 * 1_000

/** What an operator should look at now, the worst first. */
export const verb = dataVerb({
  name: 'attention',
  method: 'GET',
  path: '/attention',
  summary: 'What needs attention now, the worst first.',
  request: v.strictObject({}),
  result: v.array(finding),
  run: (proxy: LiveProxy) =>
    [...findings(proxy)].sort((a, b) => Number(b.level === 'error') - Number(a.level === 'error')),
})

function* findings(proxy: LiveProxy): Generator<Finding> {
  for (const text of proxy.problems()) yield { level: 'error', kind: 'config', text }
  const told = new Set<string>()
  for (const { name, state, lastError, problems, conflicts } of proxy.registry.status()) {
    if (state === 'failing')
      yield {
        level: 'error',
        kind: 'provider',
        text: lastError?.message ?? `provider "${name}" cannot read its source`,
      }
    for (const text of problems) yield { level: 'error', kind: 'provider', text }
    // Both sides of a conflict tell it.
    for (const text of conflicts) if (!told.has(text)) yield { level: 'error', kind: 'conflict', text }
    for (const text of conflicts) told.add(text)
  }
  for (const { id, verdict, fix } of proxy.mismatches.found)
    yield { level: 'error', kind: 'mismatch', server: id, text: `server "${id}": ${fix ?? verdict}` }
  for (const { listener, network, fault, count, lastAt } of proxy.history.headerFaults) {
    if (Date.now() - lastAt > LATELY_MS) continue
    yield {
      level: 'warn',
      kind: 'header',
      listener,
      text: `${count} connection${count === 1 ? '' : 's'} of ${network} on listener ${listener}: ${fault}`,
    }
  }
  for (const { server, count, lastAt } of proxy.unreached.all) {
    if (Date.now() - lastAt > LATELY_MS) continue
    yield {
      level: 'error',
      kind: 'server',
      server,
      text: `server "${server}" could not be reached, ${count === 1 ? 'once' : `${count} times`} since a session stood there`,
    }
  }
  for (const { id, phase, why } of proxy.power.list()) {
    if (phase !== 'crashed') continue
    yield {
      level: 'error',
      kind: 'server',
      server: id,
      text: `server "${id}" could not be started, or has ended${why === undefined ? '' : `: ${why}`}`,
    }
  }
  for (const { id, state } of proxy.registry.servers)
    if (state !== 'online') yield { level: 'warn', kind: 'server', server: id, text: `server "${id}" is ${state}` }
  for (const { endpoint } of proxy.gateway.slowEndpoints())
    yield {
      level: 'warn',
      kind: 'endpoint',
      text: `${endpoint} did not answer; it is dialled behind the others for a while`,
    }
  for (const { name, host, proxyProtocol } of proxy.config().listeners) {
    if (proxyProtocol.mode === 'off' || isUnixName(host) || !believesEverybody(proxyProtocol)) continue
    const text =
      `listener ${name} believes everybody: whoever connects there can claim any address; ` +
      'name your load balancers in [proxy_protocol] trusted = [...]'
    yield { level: 'warn', kind: 'trust', listener: name, text }
  }
}
