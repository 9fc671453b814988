import { readGateway } from '@infrarust/core'
import { backendAddress, domainPattern } from '@infrarust/core/provider'

/** One thing that `init` wants to know. */
export interface Question<T> {
  readonly name: 'bind' | 'trusted' | 'domain' | 'address'
  /** A line or more, without what Enter takes. */
  readonly text: string
  /** What Enter takes, as it is shown; undefined: there must be an answer. */
  readonly otherwise: string | undefined
  /** Of an answer that is not empty. */
  read(answer: string): Answer<T>
}

export type Answer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  /** A clause that begins with what was written: `"x" is no …`. */
  | { readonly kind: 'fault'; readonly fault: string }

export const BIND: Question<string> = {
  name: 'bind',
  text: '1/3  Where should players connect? An address of this machine and a port.',
  otherwise: '0.0.0.0:25565',
  read: (answer) => judged({ bind: answer }, answer),
}

export const TRUSTED: Question<readonly string[]> = {
  name: 'trusted',
  text:
    '2/3  Is there a load balancer or proxy in front that sends a PROXY header?\n' +
    '     The addresses, networks or names that it sends from, such as 10.0.0.2, 10.0.1.0/24.',
  otherwise: 'none',
  read(answer) {
    if (/^no(ne)?$/i.test(answer)) return { kind: 'answer', value: [] }
    // A host may be called so; whoever answers with it has read a question that begins with "is there".
    if (/^y(es)?$/i.test(answer)) return { kind: 'fault', fault: `${JSON.stringify(answer)} says not which; ${WHICH}` }
    const networks = answer.split(/[\s,]+/).filter((part) => part !== '')
    return judged({ proxy_protocol: { mode: 'required', trusted: networks } }, networks)
  },
}

const WHICH = 'write from where it sends, such as 10.0.0.2, 10.0.1.0/24 or the name of its host'

export const DOMAIN: Question<string> = {
  name: 'domain',
  text: '3/3  What do players type to reach your first server? A domain, such as survival.example.com.',
  otherwise: 'no server yet',
  read: (answer) => read(domainPattern.read(answer), answer),
}

export const ADDRESS: Question<string> = {
  name: 'address',
  text: '     And where is this server? Its address, such as 10.0.1.5:25565.',
  otherwise: undefined,
  read: (answer) => read(backendAddress.read(answer), answer),
}

/** As the reader of `infrarust.toml` judges it. */
function judged<T>(written: Readonly<Record<string, unknown>>, value: T): Answer<T> {
  const [problem] = readGateway(written).problems
  return problem === undefined ? { kind: 'answer', value } : { kind: 'fault', fault: problem.message }
}

function read<T>(
  reading: { readonly kind: 'value' } | { readonly kind: 'fault'; readonly fault: string },
  value: T,
): Answer<T> {
  return reading.kind === 'value' ? { kind: 'answer', value } : { kind: 'fault', fault: `that ${reading.fault}` }
}
