import { readFileSync } from 'node:fs'

/**
 * What a Docker Engine 20.10 answered to `GET /containers/{id}/json`, without the parts that only tell of its own folders:
 * `lobby` exposes a TCP and a UDP port, `both` is on two networks, `joined` shares the network of `lobby`, `made` was never
 * started, `gone` has ended, the `gated` ones have a health check.
 */
export type RecordedName =
  | 'both'
  | 'gated-healthy'
  | 'gated-starting'
  | 'gated-unhealthy'
  | 'gone'
  | 'host'
  | 'joined'
  | 'lobby'
  | 'made'
  | 'none'
  | 'paused'
  | 'published'
  | 'six'

export function recordedJson(name: RecordedName): unknown {
  return JSON.parse(readFileSync(new URL(`fixtures/containers/${name}.json`, import.meta.url), 'utf8'))
}
