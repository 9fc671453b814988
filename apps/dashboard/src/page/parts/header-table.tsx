import type { HeaderBytes, HeaderEnd } from '../api/answers.ts'
import { shownText } from '../model/shown-text.ts'
import { endText } from '../model/units.ts'

/** A PROXY header, decoded. */
export function HeaderTable({ header: { hex, decoded } }: { readonly header: HeaderBytes }) {
  return (
    <div class="header-table">
      {decoded.ok === true ? (
        <table class="facts">
          <tbody>
            <Fact name="version, command">{`v${decoded.version} ${decoded.command}`}</Fact>
            <Fact name="family">{`${decoded.family}, ${decoded.transport}`}</Fact>
            <Fact name="source">{endOf(decoded.source)}</Fact>
            <Fact name="destination">{endOf(decoded.destination)}</Fact>
            <Fact name="length">{`${decoded.headerLength} bytes`}</Fact>
            {decoded.tlvs.map(({ type, name, value }, index) => (
              <Fact key={index} name={`TLV 0x${type.toString(16).padStart(2, '0')} ${name}`}>
                {tlvText(value)}
              </Fact>
            ))}
          </tbody>
        </table>
      ) : (
        <p>{decoded.ok === false ? shownText(decoded.message) : 'the header is incomplete'}</p>
      )}
      <details>
        <summary>Bytes</summary>
        <code class="hex">{hex.slice(0, 2_048)}</code>
      </details>
    </div>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        <bdi class="said">{children}</bdi>
      </td>
    </tr>
  )
}

function endOf(end: HeaderEnd | null): string {
  if (end === null) return 'none'
  return 'path' in end ? shownText(end.path) : endText(end.address, end.port)
}

/** Readable text where it is some, else the bytes. */
function tlvText(hex: string): string {
  const bytes = hex.match(/[\da-f]{2}/gi)?.map((each) => Number.parseInt(each, 16)) ?? []
  const isText = bytes.length > 0 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f)
  return shownText(isText ? `"${String.fromCharCode(...bytes.slice(0, 512))}"` : hex === '' ? 'empty' : hex)
}
