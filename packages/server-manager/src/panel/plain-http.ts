import type { PowerCheck } from '@infrarust/core/server-power'

/** A key that goes over a network in plain text is everybody's on it. */
export function plainHttp(apiUrl: string): readonly PowerCheck[] {
  const { protocol, hostname } = new URL(apiUrl)
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  if (protocol === 'https:' || isLocal) return []
  return [
    {
      isGood: false,
      text: 'api_url begins with http://, so the key goes over the network in plain text; use https://',
    },
  ]
}
