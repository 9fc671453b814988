import type { Figure, Measured } from './figures.ts'

/** All measurements of one figure: contender → one value a round. */
export interface Rounds {
  readonly figure: Figure
  readonly values: ReadonlyMap<string, readonly Measured[]>
}

export interface Row {
  readonly figure: Figure
  readonly contender: string
  readonly median: number
  /** Median of the ratios to the base within each round; undefined without a base. */
  readonly ratio: number | undefined
  readonly mainThreadMedian: number | undefined
  readonly loadShare: number | undefined
}

export function rows(rounds: Rounds, base: string): readonly Row[] {
  const baseValues = rounds.values.get(base)
  return [...rounds.values].map(([contender, measured]) => {
    const values = measured.map((each) => each.value)
    const ratios = values.flatMap((value, round) => {
      const against = baseValues?.[round]?.value
      return against === undefined ? [] : [value / against]
    })
    return {
      figure: rounds.figure,
      contender,
      median: median(values),
      ratio: ratios.length === 0 ? undefined : median(ratios),
      mainThreadMedian: optionalMedian(measured.map((each) => each.mainThreadValue)),
      loadShare: optionalMedian(measured.map((each) => each.loadShare)),
    }
  })
}

/** Their share of the generator is its own lateness. */
const LATENCIES: readonly string[] = ['latency', 'beside']

/** A Markdown table, with a warning where the generator was the limit. */
export function table(all: readonly Row[]): string {
  const lines = ['| figure | contender | median | ratio to HAProxy | of it JavaScript |', '|---|---|--:|--:|--:|']
  for (const row of all) {
    const isNative = row.contender.includes('native') && row.figure.key === 'connect'
    lines.push(
      `| ${row.figure.title} | ${row.contender} | ${show(row.median)} ${row.figure.unit} | ${show(row.ratio)} | ${
        isNative ? `${show(row.mainThreadMedian)} ${row.figure.unit}` : ''
      } |`,
    )
  }
  const busy = all.filter((row) => (row.loadShare ?? 0) > (LATENCIES.includes(row.figure.key) ? 0.5 : 0.95))
  const warning = busy.map((row) => `${row.contender} (${row.figure.title})`).join(', ')
  return `${lines.join('\n')}\n${busy.length === 0 ? '' : `\nThe load generator itself was the limit for: ${warning}. CPU figures hold, rates and latencies do not.\n`}`
}

const BAR_WIDTH = 420
const ROW_HEIGHT = 18

/** Bars of the ratios, one group a figure, with a line at HAProxy's 1. */
export function chart(all: readonly Row[]): string {
  const groups = Map.groupBy(
    all.filter((row) => row.ratio !== undefined && Number.isFinite(row.ratio)),
    (row) => row.figure.title,
  )
  const parts: string[] = []
  let y = 24
  for (const [title, members] of groups) {
    parts.push(
      `<text x="8" y="${y}" font-weight="bold">${svgText(title)} (${members[0]?.figure.isLessBetter ? 'less' : 'more'} is better)</text>`,
    )
    for (const { contender, ratio = 0 } of members) {
      y += ROW_HEIGHT
      const width = Math.round(Math.min(ratio, 3) * (BAR_WIDTH / 3))
      parts.push(
        `<text x="16" y="${y + 11}">${svgText(contender)}</text>`,
        `<rect x="160" y="${y}" width="${width}" height="${ROW_HEIGHT - 4}" fill="${contender.startsWith('Infrarust') ? '#2a6fbb' : '#9aa5b1'}"/>`,
        `<text x="${166 + width}" y="${y + 11}">${show(ratio)}</text>`,
      )
    }
    y += ROW_HEIGHT * 2
  }
  const one = 160 + BAR_WIDTH / 3
  return `<svg xmlns="http://www.w3.org/2000/svg" width="660" height="${y}" font-family="sans-serif" font-size="12">
<title>Ratios to HAProxy</title>
<rect width="100%" height="100%" fill="white"/>
<line x1="${one}" y1="8" x2="${one}" y2="${y - 16}" stroke="#c0392b" stroke-dasharray="4 3"/>
${parts.join('\n')}
</svg>
`
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}

function optionalMedian(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : median(known)
}

function show(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–'
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

function svgText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
