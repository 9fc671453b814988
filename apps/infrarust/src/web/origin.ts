import { gives, isNot, type ValueType } from '@infrarust/core/provider'

const ACCEPTED =
  'write the scheme, the name and, where it is another than usual, the port, such as "https://panel.example.com"'

/** An origin as browsers write it in `Origin`. */
export const origin: ValueType<string> = {
  name: 'origin',
  read(written) {
    if (typeof written !== 'string') return isNot(written, ACCEPTED)
    const url = URL.parse(written.trim())
    const isOrigin = url !== null && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href
    return isOrigin ? gives(url.origin) : isNot(written, ACCEPTED)
  },
  fromText: (label) => label,
  schema: { type: 'string' },
}
