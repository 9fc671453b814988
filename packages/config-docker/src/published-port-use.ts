import { boolean, gives, isNot, type ValueType } from '@infrarust/core/provider'

/** Whether containers are reached through the ports that they publish on the host. */
export type PublishedPortUse = 'auto' | 'always' | 'never'

/** `"auto"`, or a boolean. */
export const publishedPortUse: ValueType<PublishedPortUse> = {
  name: '"auto", boolean',
  read(written) {
    if (written === 'auto') return gives('auto')
    if (typeof written === 'boolean') return gives(written ? 'always' : 'never')
    return isNot(written, 'write "auto", true or false')
  },
  fromText: (label) => boolean.fromText(label),
  schema: { enum: ['auto', true, false] },
}
