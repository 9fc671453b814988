import { gatewayErrorText } from '@infrarust/proxy-protocol'

/** The label of what was wrong with a PROXY header: one of a short list, whatever bytes came. */
export function headerError(fault: string): string {
  const known = DOCUMENTED.find(({ text }) => fault.startsWith(text))
  return known?.label ?? (fault.startsWith('ProxyProtocolDecode') ? 'malformed' : 'unexpected')
}

const DOCUMENTED = (['no-signature', 'closed', 'too-long', 'address-family', 'untrusted', 'timeout'] as const).map(
  (code) => ({ text: gatewayErrorText({ code }), label: code.replace('-', '_') }),
)
