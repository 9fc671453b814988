import type { OtherNames } from '../config/key-table.ts'

/** What other programs call the key for the headers that are received. */
export const receivedOtherNames: OtherNames = {
  has: isOtherName,
  advice:
    'write receive_proxy_protocol = true for headers of a load balancer in front; whether a server gets a header is said by send_proxy_protocol = true in servers/*.toml',
}

/** What other programs call the key for the header that is sent. */
export const sentOtherNames: OtherNames = {
  has: isOtherName,
  advice:
    'write send_proxy_protocol = true (or "v1") for a server that expects a header; headers of a load balancer in front are read with receive_proxy_protocol = true in infrarust.toml',
}

/** HAProxy's `send-proxy-v2` and `accept-proxy`, Velocity's `haproxy-protocol`, Paper's `proxy-protocol`, and their like. */
function isOtherName(plain: string): boolean {
  const letters = plain.replaceAll('_', '').replace(/v?[12]$/, '')
  return /^(use|enable|send|accept|receive|with)?(ha)?proxy(protocol)?(enabled?|version|support)?$/.test(letters)
}
