/** What is asked for, as far as it matters here. */
export interface HttpRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** The field as it came; undefined where HTTP/1.0 leaves it out. */
  readonly host: string | undefined
}

/**
 * Where the head of a request ends, the empty line included; -1 where it has not come yet.
 *
 * @param from how far it was looked before; the empty line may have begun there
 */
export function endOfHead(bytes: Buffer, from: number): number {
  const at = bytes.indexOf('\r\n\r\n', Math.max(0, from - 3))
  return at < 0 ? -1 : at + 4
}

/**
 * Reads a whole head, strictly: whoever asks here has a proper client.
 *
 * @returns undefined where it is none of HTTP/1.0 or HTTP/1.1
 * @see RFC 9112, sections 3 and 5; 3.2 for `Host`
 */
export function readHead(bytes: Buffer): HttpRequest | undefined {
  const [requestLine = '', ...fieldLines] = bytes.toString('latin1', 0, bytes.length - 4).split('\r\n')
  const [, method, target, minor] = /^([A-Z]{1,16}) ([!-~]+) HTTP\/1\.([01])$/.exec(requestLine) ?? []
  if (method === undefined || target === undefined) return undefined
  const hosts: string[] = []
  for (const line of fieldLines) {
    const [, name, value] = FIELD.exec(line) ?? []
    if (name === undefined || value === undefined) return undefined
    if (name.toLowerCase() === 'host') hosts.push(value)
  }
  const isHostGiven = hosts.length === 1 || (hosts.length === 0 && minor === '0')
  const [path = ''] = target.split('?', 1)
  return isHostGiven ? { method, path, host: hosts[0] } : undefined
}

/** No folded lines, no space before the colon, no control characters. */
const FIELD = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/
