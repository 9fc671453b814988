import type { Feature } from '../config/feature.ts'
import { keyTable } from '../config/key-table.ts'
import { boolean } from '../config/values/plain.ts'
import { receivedOtherNames, sentOtherNames } from './other-names.ts'
import {
  type ReceivedProxyProtocol,
  receivedProxyProtocolKeys,
  type SentTlvs,
  sentTlvsKeys,
} from './proxy-protocol-keys.ts'
import { sentProxyVersion } from './proxy-version.ts'

/** What `infrarust.toml` says about headers that are received; each listener may say otherwise. */
export interface ReceivedHeaders {
  readonly receiveProxyProtocol: boolean | undefined
  readonly proxyProtocol: ReceivedProxyProtocol
}

/** The header that a server gets. */
export interface SentHeader {
  /** Version of the header that the backend gets, or false. */
  readonly sendProxyProtocol: false | 1 | 2
  readonly proxyProtocol: SentTlvs
}

const RECEIVED =
  'headers of a load balancer in front are read with receive_proxy_protocol = true in infrarust.toml; a server that expects one has send_proxy_protocol = true'

/** PROXY headers: those that are received are said in `infrarust.toml`, the one that is sent by each server. */
export const proxyHeader: Feature<ReceivedHeaders, SentHeader> = {
  gateway: keyTable<ReceivedHeaders>(
    {
      receiveProxyProtocol: {
        kind: 'key',
        from: 'operator',
        name: 'receive_proxy_protocol',
        type: boolean,
        default: undefined,
        absent: '`[proxy_protocol] mode`',
        description: '`true` is `mode = "required"`, `false` is `mode = "off"`.',
        example: true,
        reload: 'live',
        otherNames: receivedOtherNames,
      },
      proxyProtocol: {
        kind: 'table',
        name: 'proxy_protocol',
        description: 'PROXY headers of load balancers in front, for every listener.',
        table: receivedProxyProtocolKeys,
        instead:
          'write receive_proxy_protocol = true for headers of a load balancer in front, or send_proxy_protocol = true in servers/*.toml for a server that expects one',
      },
    },
    {
      elsewhere: {
        trusted: 'write it in [proxy_protocol]',
        trusted_proxies: 'write trusted = ["10.0.0.0/8"] in [proxy_protocol]',
        send_proxy_protocol:
          'each server says that for itself; write send_proxy_protocol = true in servers/*.toml (receive_proxy_protocol = true here is for headers of a load balancer in front)',
      },
    },
  ),
  server: keyTable<SentHeader>(
    {
      sendProxyProtocol: {
        kind: 'key',
        from: 'anyone',
        name: 'send_proxy_protocol',
        type: sentProxyVersion,
        default: false,
        description: 'Whether the server gets a PROXY header with the address of the player; `true` is version 2.',
        example: 'v1',
        reload: 'live',
        otherNames: sentOtherNames,
      },
      proxyProtocol: {
        kind: 'table',
        name: 'proxy_protocol',
        description: 'What the header of `send_proxy_protocol` carries beside the addresses. Needs version 2.',
        table: sentTlvsKeys,
        instead:
          'write send_proxy_protocol = true (or "v1") for a server that expects a header; headers of a load balancer in front are read with receive_proxy_protocol = true in infrarust.toml',
      },
    },
    {
      elsewhere: {
        receive_proxy_protocol: RECEIVED,
        accept_proxy_protocol: RECEIVED,
        accept_proxy: RECEIVED,
      },
    },
  ),
}
