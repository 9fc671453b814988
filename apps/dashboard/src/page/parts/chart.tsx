import { useState } from 'preact/hooks'

export interface Series {
  readonly name: string
  /** 0 to 5: its place in the palette. */
  readonly color: number
  readonly values: readonly number[]
}

export interface ChartProps {
  readonly title: string
  /** Epoch milliseconds, one for each value. */
  readonly times: readonly number[]
  readonly series: readonly Series[]
  readonly format: (value: number) => string
}

const WIDTH = 600
const HEIGHT = 110

/**
 * Lines over time. Drawn as SVG whose colours are the stylesheet's: it follows light and dark by itself, and the values under
 * the cursor, or the latest ones, stand in the legend as text.
 */
export function Chart({ title, times, series, format }: ChartProps) {
  const [at, setAt] = useState<number | undefined>(undefined)
  const highest = Math.max(0, ...series.flatMap(({ values }) => values))
  const top = highest === 0 ? 1 : highest
  const last = times.length - 1
  const index = at === undefined ? last : Math.min(at, last)
  const first = times[0] ?? 0
  const span = Math.max(1, (times[last] ?? 0) - first)
  const x = (i: number): number => (((times[i] ?? 0) - first) / span) * WIDTH
  const move = (event: { readonly currentTarget: Element; readonly clientX: number }): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    const wanted = first + ((event.clientX - left) / width) * span
    const found = times.findIndex((time) => time >= wanted)
    setAt(found < 0 ? last : found)
  }
  const time = times[index]
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{title}</span>
        <span class="chart-time">{at === undefined || time === undefined ? 'now' : clockText(time)}</span>
      </figcaption>
      <div class="chart-body" onPointerMove={move} onPointerLeave={() => setAt(undefined)}>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title}: ${legend()}`}
        >
          <line class="grid" x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
          <line class="grid" x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
          {series.map(({ name, color, values }) => (
            <polyline
              key={name}
              class={`line c${color}`}
              points={values
                .map((value, i) => {
                  const y = (HEIGHT - 2 - (value / top) * (HEIGHT - 6)).toFixed(1)
                  // A line of the first minute alone would be a point, which is not drawn.
                  return last === 0 ? `0,${y} ${WIDTH},${y}` : `${x(i).toFixed(1)},${y}`
                })
                .join(' ')}
            />
          ))}
          {at !== undefined && last >= 0 && <line class="cursor" x1={x(index)} x2={x(index)} y1="0" y2={HEIGHT} />}
        </svg>
        <span class="chart-top">{format(highest)}</span>
      </div>
      <ul class="legend">
        {series.map(({ name, color, values }) => (
          <li key={name} class={`c${color}`}>
            <i aria-hidden="true" />
            {name} <b>{format(values[index] ?? 0)}</b>
          </li>
        ))}
      </ul>
    </figure>
  )

  function legend(): string {
    return series.map(({ name, values }) => `${name} ${format(values[last] ?? 0)}`).join(', ')
  }
}

function clockText(time: number): string {
  return new Date(time).toLocaleTimeString()
}
