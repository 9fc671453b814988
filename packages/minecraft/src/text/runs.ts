import type { TextComponent, TextObject, TextStyle } from './component.ts'

/** A stretch of text in one style, with everything that it inherits. */
export interface Run {
  readonly text: string
  readonly style: TextStyle
}

/** The runs of a component in reading order. What only a client could fill in (translations, keys) shows its key. */
export function runsOf(component: TextComponent): readonly Run[] {
  const runs: Run[] = []
  collect(component, {}, runs)
  return runs
}

/** What is left when every style is dropped. */
export function toPlainText(component: TextComponent): string {
  return runsOf(component)
    .map(({ text }) => text)
    .join('')
}

function collect(component: TextComponent, inherited: TextStyle, runs: Run[]): void {
  if (typeof component === 'string') {
    if (component !== '') runs.push({ text: component, style: inherited })
    return
  }
  if (isList(component)) {
    const [first, ...others] = component
    collect(first, inherited, runs)
    const style = isObject(first) ? styleOf(first, inherited) : inherited
    for (const other of others) collect(other, style, runs)
    return
  }
  const style = styleOf(component, inherited)
  const text = component.text ?? component.fallback ?? component.translate ?? component.keybind ?? ''
  if (text !== '') runs.push({ text, style })
  for (const child of component.extra ?? []) collect(child, style, runs)
}

function isList(component: TextComponent): component is readonly [TextComponent, ...TextComponent[]] {
  return Array.isArray(component)
}

function isObject(component: TextComponent): component is TextObject {
  return typeof component === 'object' && !isList(component)
}

function styleOf(component: TextObject, inherited: TextStyle): TextStyle {
  const { color, bold, italic, underlined, strikethrough, obfuscated } = component
  return {
    ...inherited,
    ...(color !== undefined && { color }),
    ...(bold !== undefined && { bold }),
    ...(italic !== undefined && { italic }),
    ...(underlined !== undefined && { underlined }),
    ...(strikethrough !== undefined && { strikethrough }),
    ...(obfuscated !== undefined && { obfuscated }),
  }
}
