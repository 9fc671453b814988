import { describe, expect, it } from 'vitest'
import { type Decoded, decode, errorText, type Fault, gatewayErrorText, ProxyProtocolError } from '../src/index.ts'
import { hex, IPV4_BLOCK, latin1, SIGNATURE } from './feed.ts'

function fault(decoded: Decoded): Fault {
  if (decoded.kind !== 'malformed') throw new Error(JSON.stringify(decoded))
  return decoded
}

describe('the text of a fault', () => {
  it('says what is wrong and at which byte', () => {
    expect(errorText(fault(decode(latin1('PROXY TCP4 1.2.3.256 '))))).toBe(
      'version 1: the source is not an address of the declared family, or not followed by one space (at byte 19)',
    )
    expect(errorText({ code: 'closed' })).toBe('the connection was closed before its PROXY header was complete')
  })

  it('is at the gateway what its documentation says', () => {
    const limits = { limitBytes: 536, onlyTcp: true }
    const texts: [Fault, string][] = [
      [fault(decode(hex(SIGNATURE, '2111 0209'), limits)), 'InvalidProxyProtocol: header exceeds maximum size'],
      [{ code: 'closed' }, 'InvalidProxyProtocol: connection closed before proxy protocol header'],
      [
        fault(decode(latin1('GET / HTTP/1.1'), limits)),
        'InvalidProxyProtocol: data does not start with a proxy protocol signature',
      ],
      [fault(decode(hex(SIGNATURE, '2131'), limits)), 'InvalidProxyProtocol: unsupported address family'],
      [fault(decode(hex(SIGNATURE, '2113'), limits)), 'InvalidProxyProtocol: unsupported address family'],
      [fault(decode(hex(SIGNATURE, '2100'), limits)), 'InvalidProxyProtocol: unsupported address family'],
      [
        fault(decode(latin1('PROXY TCP5 '), limits)),
        'ProxyProtocolDecode: version 1: "PROXY" must be followed by one space and TCP4, TCP6 or UNKNOWN (at byte 9)',
      ],
      [
        fault(decode(latin1(`PROXY UNKNOWN ${'x'.repeat(100)}`), limits)),
        'ProxyProtocolDecode: version 1: the line is longer than 107 bytes (at byte 105)',
      ],
      [
        fault(decode(hex(SIGNATURE, '2111 000f', IPV4_BLOCK, '04 0001'), limits)),
        'ProxyProtocolDecode: version 2: a TLV does not fit into what contains it (at byte 29)',
      ],
    ]
    for (const [found, text] of texts) expect(gatewayErrorText(found)).toBe(text)
  })
})

describe('ProxyProtocolError', () => {
  it('has the code and the offset of its fault, and says them', () => {
    const error = new ProxyProtocolError({ code: 'command', offset: 12 }, 'from 192.0.2.1')
    expect(error).toBeInstanceOf(Error)
    expect([error.name, error.code, error.offset]).toEqual(['ProxyProtocolError', 'command', 12])
    expect(error.message).toBe('version 2: the command is neither LOCAL nor PROXY (at byte 12): from 192.0.2.1')
  })
})
