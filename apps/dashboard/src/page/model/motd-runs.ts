/** A piece of a description that is drawn in one way. */
export interface MotdRun {
  readonly text: string
  /** One of the sixteen names, or `#rrggbb`. */
  readonly color: string | undefined
  readonly isBold: boolean
  readonly isItalic: boolean
  readonly isUnderlined: boolean
  readonly isStruck: boolean
  readonly isObfuscated: boolean
}

/** Enough for two lines of a server list, however each letter is dressed; a server may send a megabyte. */
const MAX_CHARACTERS = 1_000
const MAX_RUNS = 400
/** The game itself refuses what is nested deeper than it can draw. */
const MAX_DEPTH = 32

/**
 * A description as the game draws it: a string with `§` codes, or a text component with others in it. What is none of these
 * says nothing.
 *
 * @see the Minecraft Wiki on formatting codes and on text components
 */
export function motdRuns(description: unknown): readonly MotdRun[] {
  const collected = new Collected()
  collect(description, PLAIN, collected, 0)
  return collected.runs
}

type Style = Omit<MotdRun, 'text'>

const PLAIN: Style = {
  color: undefined,
  isBold: false,
  isItalic: false,
  isUnderlined: false,
  isStruck: false,
  isObfuscated: false,
}

class Collected {
  readonly runs: MotdRun[] = []
  #left = MAX_CHARACTERS

  get isFull(): boolean {
    return this.#left <= 0 || this.runs.length >= MAX_RUNS
  }

  add(text: string, style: Style): void {
    const shown = text.slice(0, this.#left)
    this.#left -= shown.length
    if (shown !== '' && this.runs.length < MAX_RUNS) this.runs.push({ text: shown, ...style })
  }
}

function collect(component: unknown, around: Style, collected: Collected, depth: number): void {
  if (collected.isFull || depth > MAX_DEPTH) return
  if (typeof component === 'string' || typeof component === 'number') {
    addCoded(String(component), around, collected)
    return
  }
  if (Array.isArray(component)) {
    const [first, ...others] = component
    // The first of a list is the parent of the others.
    collect(first, around, collected, depth + 1)
    const style = isRecord(first) ? styleOf(first, around) : around
    for (const each of others) collect(each, style, collected, depth + 1)
    return
  }
  if (!isRecord(component)) return
  const style = styleOf(component, around)
  const { text, translate, fallback, extra } = component
  addCoded(firstText(text, fallback, translate), style, collected)
  if (Array.isArray(extra)) for (const each of extra) collect(each, style, collected, depth + 1)
}

function firstText(...values: readonly unknown[]): string {
  const found = values.find((value) => typeof value === 'string' || typeof value === 'number')
  return found === undefined ? '' : String(found)
}

function styleOf(component: Readonly<Record<string, unknown>>, around: Style): Style {
  const flag = (name: string, otherwise: boolean): boolean => {
    const value = component[name]
    return typeof value === 'boolean' ? value : otherwise
  }
  return {
    color: colorOf(component.color) ?? around.color,
    isBold: flag('bold', around.isBold),
    isItalic: flag('italic', around.isItalic),
    isUnderlined: flag('underlined', around.isUnderlined),
    isStruck: flag('strikethrough', around.isStruck),
    isObfuscated: flag('obfuscated', around.isObfuscated),
  }
}

const COLORS: Readonly<Record<string, string>> = {
  0: 'black',
  1: 'dark_blue',
  2: 'dark_green',
  3: 'dark_aqua',
  4: 'dark_red',
  5: 'dark_purple',
  6: 'gold',
  7: 'gray',
  8: 'dark_gray',
  9: 'blue',
  a: 'green',
  b: 'aqua',
  c: 'red',
  d: 'light_purple',
  e: 'yellow',
  f: 'white',
}
const COLOR_NAMES = Object.values(COLORS)

function colorOf(color: unknown): string | undefined {
  if (typeof color !== 'string') return undefined
  return COLOR_NAMES.includes(color) || /^#[\da-f]{6}$/i.test(color) ? color : undefined
}

/** A colour ends what was set before it, and `§r` all of it. */
function addCoded(text: string, around: Style, collected: Collected): void {
  const [before = '', ...pieces] = text.split('§')
  collected.add(before, around)
  let style = around
  for (const piece of pieces) {
    if (collected.isFull) return
    style = coded(piece.slice(0, 1).toLowerCase(), style, around)
    collected.add(piece.slice(1), style)
  }
}

function coded(code: string, style: Style, around: Style): Style {
  const color = Object.hasOwn(COLORS, code) ? COLORS[code] : undefined
  if (color !== undefined) return { ...PLAIN, color }
  switch (code) {
    case 'k':
      return { ...style, isObfuscated: true }
    case 'l':
      return { ...style, isBold: true }
    case 'm':
      return { ...style, isStruck: true }
    case 'n':
      return { ...style, isUnderlined: true }
    case 'o':
      return { ...style, isItalic: true }
    case 'r':
      return around
    default:
      return style
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
