/**
 * A text as the game shows it: a bare string, a list whose first member's style the others inherit, or an object with
 * a style and children that inherit it. As a value it is what goes into JSON, and one that came from JSON keeps what
 * has no name here: fonts, click and hover events, whatever later versions add.
 */
export type TextComponent = string | TextObject | readonly [TextComponent, ...TextComponent[]]

export interface TextObject extends TextStyle {
  readonly text?: string
  /** A key of the client's language files; `with` fills its gaps. */
  readonly translate?: string
  readonly fallback?: string
  readonly with?: readonly TextComponent[]
  readonly keybind?: string
  readonly extra?: readonly TextComponent[]
}

export interface TextStyle {
  /** A `NamedColor`, or `#rrggbb` since 1.16. */
  readonly color?: string
  readonly bold?: boolean
  readonly italic?: boolean
  readonly underlined?: boolean
  readonly strikethrough?: boolean
  readonly obfuscated?: boolean
}

/** The `§` code and the RGB value of each named colour. */
export const NAMED_COLORS = {
  black: { code: '0', rgb: 0x000000 },
  dark_blue: { code: '1', rgb: 0x0000aa },
  dark_green: { code: '2', rgb: 0x00aa00 },
  dark_aqua: { code: '3', rgb: 0x00aaaa },
  dark_red: { code: '4', rgb: 0xaa0000 },
  dark_purple: { code: '5', rgb: 0xaa00aa },
  gold: { code: '6', rgb: 0xffaa00 },
  gray: { code: '7', rgb: 0xaaaaaa },
  dark_gray: { code: '8', rgb: 0x555555 },
  blue: { code: '9', rgb: 0x5555ff },
  green: { code: 'a', rgb: 0x55ff55 },
  aqua: { code: 'b', rgb: 0x55ffff },
  red: { code: 'c', rgb: 0xff5555 },
  light_purple: { code: 'd', rgb: 0xff55ff },
  yellow: { code: 'e', rgb: 0xffff55 },
  white: { code: 'f', rgb: 0xffffff },
} as const

export type NamedColor = keyof typeof NAMED_COLORS

/** The `§` code of each decoration, in the order in which they are written. */
export const DECORATIONS = [
  { decoration: 'obfuscated', code: 'k' },
  { decoration: 'bold', code: 'l' },
  { decoration: 'strikethrough', code: 'm' },
  { decoration: 'underlined', code: 'n' },
  { decoration: 'italic', code: 'o' },
] as const

export type Decoration = (typeof DECORATIONS)[number]['decoration']
