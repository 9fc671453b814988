import {
  type Arrived,
  arrived,
  type Facts,
  knowAdmissionAsked,
  knowDestination,
  knowEndpoint,
  knowHeader,
  knowIntent,
  knowPlayer,
  knowRelay,
} from '../src/connection/facts.ts'

const ADDRESS = { address: '203.0.113.7', port: 25_565 }
const PLAYER = { name: 'Steve', claimedUuid: undefined }
const LISTENER = {
  name: 'main',
  proxyProtocol: {
    mode: 'required',
    trusted: undefined,
    trustedFile: undefined,
    timeoutMs: 5_000,
    maxHeaderBytes: 536,
    versions: [2],
  },
  decoding: {},
  isTrusted: () => true,
} as const
const HEADER = { version: 2, command: 'PROXY', headerBytes: 28, destination: undefined, tlvs: [] } as const
const OPENING = { kind: 'legacy-ping', form: 'fe' } as const
const INTENT = { intent: 'login', domain: 'survival.example.com', protocol: 765 } as const
const DESTINATION = { kind: 'welcome' } as const
const ENDPOINT = { host: '10.0.1.5', address: '10.0.1.5', port: 25_565 }

function begin(id: number): Arrived {
  return arrived(id, { at: id + 0.25, peer: ADDRESS, local: ADDRESS }, LISTENER)
}

/** What is found out about a login, in place as the steps do it. */
export function grown(id: number): Facts {
  const facts = begin(id)
  knowHeader(facts, HEADER, ADDRESS)
  knowAdmissionAsked(facts)
  const routed = knowDestination(knowIntent(facts, OPENING, INTENT, undefined), DESTINATION)
  return knowRelay(knowEndpoint(knowPlayer(routed, PLAYER, id + 25_000.5), ENDPOINT), ENDPOINT)
}

/** The same as values that are never changed. */
export function copied(id: number): Facts {
  const headed: Arrived = { ...begin(id), receivedHeader: HEADER, client: ADDRESS }
  const asked: Arrived = { ...headed, wasAdmissionAsked: true }
  const wanted = { ...asked, opening: OPENING, intent: INTENT, player: undefined }
  const routed = { ...wanted, destination: DESTINATION }
  const joining = { ...routed, player: PLAYER, answerDueAt: id + 25_000.5 }
  const dialled = { ...joining, endpoint: ENDPOINT }
  return { ...dialled, opening: undefined, ping: undefined, answerDueAt: undefined }
}
