/** Between two looks at a list that is short. */
const SHORT_MS = 3_000
/** For each connection in it: a list of ten thousand is fetched every half minute. */
const MS_PER_CONNECTION = 3

/**
 * How long to wait before all connections are asked for again. However many there are, the proxy tells a thousand of them in
 * three seconds: an open page must not cost the players anything that they notice.
 */
export function paceMs(connections: number): number {
  return Math.max(SHORT_MS, connections * MS_PER_CONNECTION)
}
