import { gives, isNot, type ValueType } from '@infrarust/core/provider'

/** Where a Docker Engine listens. */
export type DockerEndpoint =
  | { readonly kind: 'unix'; readonly socketPath: string }
  /** `isTls` as far as the text says: TLS files make it TLS too. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly isTls: boolean }

/** Ports that Docker registered with IANA. */
const PLAIN_PORT = 2375
const TLS_PORT = 2376

/** `unix:///var/run/docker.sock`, `tcp://10.0.0.5:2376` and the like, as in `DOCKER_HOST`. */
export const dockerEndpoint: ValueType<DockerEndpoint> = {
  name: 'endpoint',
  read(written) {
    const text = typeof written === 'string' ? written.trim() : ''
    const [, scheme = '', rest = ''] = /^([a-z]+):\/\/(.*)$/is.exec(text) ?? []
    switch (scheme.toLowerCase()) {
      case 'unix':
        return rest.startsWith('/')
          ? gives({ kind: 'unix', socketPath: rest })
          : isNot(written, 'a socket has a whole path, such as "unix:///var/run/docker.sock"')
      case 'tcp':
      case 'http':
        return readTcp(written, rest, false)
      case 'https':
        return readTcp(written, rest, true)
      case 'ssh':
        // It would take a second program, its keys and its known hosts inside the proxy.
        return isNot(
          written,
          'the proxy does not speak SSH; forward the socket (ssh -nNT -L /run/engine.sock:/var/run/docker.sock HOST) and write "unix:///run/engine.sock"',
        )
      default:
        return isNot(written, 'write "unix:///var/run/docker.sock" or "tcp://10.0.0.5:2376"')
    }
  },
  fromText: (label) => label,
  schema: { type: 'string', pattern: '^\\s*([uU][nN][iI][xX]|[tT][cC][pP]|[hH][tT][tT][pP][sS]?)://.+$' },
}

function readTcp(written: unknown, rest: string, isTls: boolean): ReturnType<typeof dockerEndpoint.read> {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([^/:[\]]+))(?::(\d{1,5}))?\/?$/i.exec(rest) ?? []
  const host = bracketed ?? plain
  const port = digits === undefined ? (isTls ? TLS_PORT : PLAIN_PORT) : Number(digits)
  return host === undefined || port < 1 || port > 65_535
    ? isNot(written, 'write host and port, such as "tcp://10.0.0.5:2376"')
    : gives({ kind: 'tcp', host, port, isTls })
}
