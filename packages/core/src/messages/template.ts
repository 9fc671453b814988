import { decodeTextJson, describeMalformed, fromSectionText, type TextComponent } from '@infrarust/minecraft'
import { gives, isNot, type ValueType } from '../config/value-type.ts'
import { PLACEHOLDER_MAX_UNITS, PLACEHOLDERS, type Placeholder, type PlaceholderValues } from './placeholders.ts'

/**
 * A text of the operator, read: a component in whose texts placeholders may stand. They are filled in after the text
 * was taken apart, so that nothing that is put in can be taken for a `§` code or for JSON.
 */
export type Template = TextComponent

/**
 * As JSON, every placeholder at its longest. The longest string of the game has 32,767 characters; beside the text a
 * status has a favicon and more.
 */
export const TEMPLATE_MAX_UNITS = 7_000

const ACCEPTED = 'write a text: plain, with § codes, or a JSON component'

/** A text for players: plain, with `§` codes, or a JSON component in a string that begins with `{` or `[`. */
export const template: ValueType<Template> = {
  name: 'text, § codes or JSON',
  read(written) {
    if (typeof written !== 'string' || written.trim() === '') return isNot(written, ACCEPTED)
    const component = componentOf(written)
    if (component === undefined) return isNot(written, `${ACCEPTED}: ${faultOf(written)}`)
    const unknown = placeholdersIn(component).find((name) => !isPlaceholder(name))
    if (unknown !== undefined) {
      const known = PLACEHOLDERS.map((name) => `{${name}}`).join(', ')
      return { kind: 'fault', fault: `has the unknown placeholder {${unknown}}; there are ${known}` }
    }
    const units = JSON.stringify(fill(component, LONGEST_VALUES)).length
    if (units > TEMPLATE_MAX_UNITS) {
      const fault = `is up to ${units} characters long as JSON, its placeholders filled in; the longest is ${TEMPLATE_MAX_UNITS}`
      return { kind: 'fault', fault }
    }
    return gives(component)
  },
  fromText: (label) => label,
  schema: { type: 'string' },
}

/** The same text where a whole table could stand: what is read is what was written, for the keys that it stands for. */
export const templateAsWritten: ValueType<unknown> = {
  ...template,
  read(written) {
    const reading = template.read(written)
    return reading.kind === 'value' ? gives(written) : reading
  },
}

/** Puts values in the places of the placeholders. */
export function fill(component: Template, values: PlaceholderValues): TextComponent {
  return mapTexts(component, (text) =>
    text.replaceAll(PLACEHOLDER, (whole, name: string) => (isPlaceholder(name) ? values[name] : whole)),
  )
}

/** Braces around anything but a name are braces. */
const PLACEHOLDER = /\{([\p{L}_][\p{L}\p{N}_.-]*)\}/gu

/** Quotation marks take two characters in JSON, and nothing that gets into a text takes more. */
const LONGEST = '"'.repeat(PLACEHOLDER_MAX_UNITS)
const LONGEST_VALUES: PlaceholderValues = {
  domain: LONGEST,
  server: LONGEST,
  reason: LONGEST,
  expires: LONGEST,
  client: LONGEST,
  elapsed: LONGEST,
  eta: LONGEST,
  waiting: LONGEST,
  position: LONGEST,
}

function isPlaceholder(name: string): name is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(name)
}

function looksLikeJson(written: string): boolean {
  return /^\s*(\{\s*"|\[\s*[[{"\]])/.test(written)
}

function componentOf(written: string): Template | undefined {
  // A text of several lines in TOML ends with the end of its last line.
  if (!looksLikeJson(written)) return fromSectionText(written.toWellFormed().replace(/\s+$/, ''))
  const decoded = decodeTextJson(written)
  return decoded.kind === 'decoded' ? decoded.value : undefined
}

function faultOf(written: string): string {
  const decoded = decodeTextJson(written)
  return decoded.kind === 'malformed' ? describeMalformed(decoded) : 'it is no component'
}

function placeholdersIn(component: Template): readonly string[] {
  const names: string[] = []
  mapTexts(component, (text) => {
    for (const [, name = ''] of text.matchAll(PLACEHOLDER)) names.push(name)
    return text
  })
  return names
}

/** A component with another text in each place where a client shows one; links, fonts and keys stay as they are. */
function mapTexts(component: TextComponent, change: (text: string) => string): TextComponent {
  if (typeof component === 'string') return change(component)
  if (isList(component)) {
    const [first, ...others] = component
    return [mapTexts(first, change), ...others.map((other) => mapTexts(other, change))]
  }
  const { text, fallback, with: gaps, extra } = component
  return {
    ...component,
    ...(text !== undefined && { text: change(text) }),
    ...(fallback !== undefined && { fallback: change(fallback) }),
    ...(gaps !== undefined && { with: gaps.map((gap) => mapTexts(gap, change)) }),
    ...(extra !== undefined && { extra: extra.map((child) => mapTexts(child, change)) }),
  }
}

function isList(component: TextComponent): component is readonly [TextComponent, ...TextComponent[]] {
  return Array.isArray(component)
}
