import { decodeStatusJson, stripSectionCodes, toPlainText } from '@infrarust/minecraft'
import { listPing, ownHeader } from '../doctor/list-ping.ts'
import type { StatusFindings, Way, WayFindings } from './way.ts'

/** The proxy waits 5 s for a server before it answers for it; what it answers then is still wanted. */
const TIMEOUT_MS = { through: 8_000, past: 5_000 } as const

/** Asks for the status that way, as a player's server list does. */
export async function askWay({ kind, shownAs, sends, target }: Way): Promise<WayFindings> {
  const way = { way: kind, address: shownAs, sends }
  if (target.kind === 'none')
    return { ...way, result: target.result, error: target.message, latency_ms: null, status: null }
  const startedAt = performance.now()
  const answer = await listPing({
    endpoint: target.endpoint,
    address: target.address,
    header: sends === false ? undefined : ownHeader(sends, 'proxy'),
    timeoutMs: TIMEOUT_MS[kind],
  })
  if (answer.kind !== 'answered')
    return { ...way, result: answer.kind, error: answer.message, latency_ms: null, status: null }
  const latencyMs = Math.round((performance.now() - startedAt) * 10) / 10
  return { ...way, result: 'answered', error: null, latency_ms: latencyMs, status: statusOf(answer.json) }
}

function statusOf(json: string): StatusFindings | null {
  const decoded = decodeStatusJson(json)
  if (decoded.kind !== 'decoded') return null
  const { version, players, description } = decoded.value
  return {
    version: stripSectionCodes(version.name),
    protocol: version.protocol,
    players: players === undefined ? null : { online: players.online, max: players.max },
    motd: stripSectionCodes(toPlainText(description)),
  }
}
