import { DECORATIONS, NAMED_COLORS, type NamedColor, type TextComponent } from './component.ts'
import { type Run, runsOf } from './runs.ts'

/** U+00A7 begins a code of one character: 0–9 a–f a colour, k–o a decoration, r neither. */
const CODE = /§(x(?:§[0-9a-f]){6}|[0-9a-fk-or])/gi

const COLORS_BY_CODE: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMED_COLORS).map(([color, { code }]) => [code, color]),
)
const DECORATIONS_BY_CODE: ReadonlyMap<string, string> = new Map(
  DECORATIONS.map(({ decoration, code }) => [code, decoration]),
)

/**
 * Reads a text with `§` codes, as servers' configurations hold them. As in the game a colour ends every decoration.
 * `§x§r§r§g§g§b§b` is an RGB colour (Spigot's way to write it); a `§` before anything else is text.
 */
export function fromSectionText(text: string): TextComponent {
  const runs: Run[] = []
  let style: Run['style'] = {}
  let from = 0
  for (const match of text.matchAll(CODE)) {
    if (match.index > from) runs.push({ text: text.slice(from, match.index), style })
    style = applyCode(style, (match[1] ?? '').toLowerCase())
    from = match.index + match[0].length
  }
  if (from < text.length) runs.push({ text: text.slice(from), style })

  const [first, ...others] = runs.map(componentOf)
  if (first === undefined) return ''
  // In a list the others would inherit the first one's style; under an empty parent each has its own.
  return others.length === 0 ? first : { text: '', extra: [first, ...others] }
}

/** A text that cannot change the look of what surrounds it: what a peer sent, before it is put into one of ours. */
export function stripSectionCodes(text: string): string {
  return text.replace(CODE, '').replaceAll('§', '')
}

/** Writes a component with `§` codes, for clients before 1.7; an RGB colour becomes the nearest named one. */
export function toSectionText(component: TextComponent): string {
  let codes = ''
  let written = ''
  for (const { text, style } of runsOf(component)) {
    const wanted = codesOf(style)
    // A code adds to what is in force, and only a colour or a reset takes decorations away.
    if (wanted !== codes) written += hasColor(style) ? wanted : `${codes && '§r'}${wanted}`
    written += text
    // Servers put codes into their components' texts: those end with the text, so the next run must start afresh.
    codes = text.includes('§') ? '§' : wanted
  }
  return written
}

function componentOf({ text, style }: Run): TextComponent {
  return Object.keys(style).length === 0 ? text : { text, ...style }
}

function applyCode(style: Run['style'], code: string): Run['style'] {
  if (code.startsWith('x')) return { color: `#${code.slice(1).replaceAll('§', '')}` }
  const color = COLORS_BY_CODE.get(code)
  if (color !== undefined) return { color }
  const decoration = DECORATIONS_BY_CODE.get(code)
  return decoration === undefined ? {} : { ...style, [decoration]: true }
}

function hasColor(style: Run['style']): boolean {
  return colorCode(style.color) !== ''
}

function codesOf(style: Run['style']): string {
  const decorations = DECORATIONS.filter(({ decoration }) => style[decoration] === true)
  return colorCode(style.color) + decorations.map(({ code }) => `§${code}`).join('')
}

function colorCode(color: string | undefined): string {
  if (color === undefined) return ''
  if (isNamedColor(color)) return `§${NAMED_COLORS[color].code}`
  return /^#[0-9a-f]{6}$/i.test(color) ? `§${nearestCode(Number.parseInt(color.slice(1), 16))}` : ''
}

function isNamedColor(color: string): color is NamedColor {
  return Object.hasOwn(NAMED_COLORS, color)
}

function nearestCode(rgb: number): string {
  let nearest = { code: 'f', distance: Number.POSITIVE_INFINITY }
  for (const { code, rgb: named } of Object.values(NAMED_COLORS)) {
    const distance = distanceBetween(rgb, named)
    if (distance < nearest.distance) nearest = { code, distance }
  }
  return nearest.code
}

function distanceBetween(left: number, right: number): number {
  return [16, 8, 0].reduce((sum, shift) => sum + (((left >> shift) & 0xff) - ((right >> shift) & 0xff)) ** 2, 0)
}
