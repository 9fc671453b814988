import fc from 'fast-check'
import type { Profile, ProfileProperty } from '../src/index.ts'

const anyText = (maxLength: number) =>
  fc.string({ unit: 'grapheme', maxLength }).filter((text) => text.length <= maxLength && text.isWellFormed())

const anyProperty: fc.Arbitrary<ProfileProperty> = fc.oneof(
  fc.record({ name: anyText(20), value: anyText(200) }),
  fc.record({ name: anyText(20), value: anyText(200), signature: anyText(200) }),
)

export const anyProfile: fc.Arbitrary<Profile> = fc.record({
  uuid: fc.uuid(),
  name: anyText(16),
  properties: fc.array(anyProperty, { maxLength: 4 }),
})
