import type { HeaderEnd, HeaderFacts } from '../api/answers.ts'
import { shownText } from '../model/shown-text.ts'
import { endText } from '../model/units.ts'

interface HeaderTableProps {
  readonly header: HeaderFacts
  /** Where it is known. */
  readonly bytes?: number
  /** All of it. */
  readonly hex?: string
}

/** A PROXY header, decoded. */
export function HeaderTable({ header: { source, destination, tlvs }, bytes, hex }: HeaderTableProps) {
  return (
    <table class="facts">
      <tbody>
        <Fact name="source">{endOf(source)}</Fact>
        <Fact name="destination">{endOf(destination)}</Fact>
        {bytes !== undefined && <Fact name="length">{`${bytes} bytes`}</Fact>}
        {tlvs.map(({ type, name, value }, index) => (
          <Fact key={index} name={`TLV 0x${type.toString(16).padStart(2, '0')}`}>
            {`${shownText(name, 64)} ${tlvText(value)}`}
          </Fact>
        ))}
        {hex !== undefined && <Fact name="bytes">{shownText(hex.replaceAll(/(.{8})(?=.)/g, '$1 '), 2_000)}</Fact>}
      </tbody>
    </table>
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
  return end === null ? 'the ends of the connection' : endText(shownText(end.address), end.port ?? undefined)
}

/** Readable text where it is some, else the bytes. */
function tlvText(hex: string): string {
  const bytes = hex.match(/[\da-f]{2}/gi)?.map((each) => Number.parseInt(each, 16)) ?? []
  const isText = bytes.length > 0 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f)
  return shownText(isText ? `"${String.fromCharCode(...bytes.slice(0, 512))}"` : hex)
}
