import type { Fault } from '../model/faults-of.ts'
import { type DrawnNode, type FlowLink, type FlowNode, flowLayout } from '../model/flow-layout.ts'
import { type PathGroup, STAGES, type Stage } from '../model/paths-of.ts'
import { shownText } from '../model/shown-text.ts'
import { rateText } from '../model/units.ts'

interface Place {
  readonly stage: Stage
  readonly name: string
}

export interface FlowPictureProps {
  readonly groups: readonly PathGroup[]
  readonly faults: readonly Fault[]
  readonly weighs: 'bytes' | 'connections'
  readonly picked: Place | undefined
  readonly onPick: (place: Place | undefined) => void
}

const WIDTH = 1_120
const NODE_WIDTH = 150
const BODY_HEIGHT = 260
const HEAD_HEIGHT = 28
const LINE_HEIGHT = 14
/** What fits a place. */
const LINE_CHARACTERS = 21

const HEADS: Readonly<Record<Stage, string>> = {
  peer: 'Who connects',
  listener: 'Listener',
  received: 'Header received',
  server: 'Server',
  sent: 'Header sent',
}

/** The ways of all connections as ribbons; the table below it has the same in words. */
export function FlowPicture({ groups, faults, weighs, picked, onPick }: FlowPictureProps) {
  const links = linksOf(groups, faults, weighs)
  const size = { width: WIDTH, columns: STAGES.length, nodeWidth: NODE_WIDTH, bodyHeight: BODY_HEIGHT }
  const drawing = flowLayout(links, size)
  const step = (WIDTH - NODE_WIDTH) / (STAGES.length - 1)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="flow" aria-label="Picture of the ways" tabIndex={0}>
      <svg viewBox={`0 0 ${WIDTH} ${drawing.height + HEAD_HEIGHT + 4}`} width={WIDTH}>
        <title>Ways</title>
        {STAGES.map((stage, column) => (
          <text key={stage} class="flow-head" x={column * step} y="14">
            {HEADS[stage]}
          </text>
        ))}
        <g transform={`translate(0 ${HEAD_HEIGHT})`}>
          {drawing.links.map(({ from, to, outline, isBroken }) => (
            <path
              key={`${from.column} ${from.key}\n${to.key}\n${isBroken}`}
              class={`ribbon${isBroken ? ' broken' : ''}${isFaded(from.column, from.key, to.key) ? ' faded' : ''}`}
              d={outline}
            />
          ))}
          {STAGES.map((stage, column) => (
            // biome-ignore lint/a11y: a group of places, which nothing in SVG is by itself
            <g key={stage} role="group" aria-label={HEADS[stage]}>
              {drawing.nodes
                .filter((node) => node.column === column)
                .map((node) => (
                  <PlaceBox
                    key={node.key}
                    node={node}
                    lines={[...labelOf(node.key), sumOf(groups, stage, node.key)]}
                    isPicked={picked?.stage === stage && picked.name === node.key}
                    isBroken={links.some(({ isBroken, from, to }) => isBroken && (isAt(from, node) || isAt(to, node)))}
                    onPick={(isPicked) => onPick(isPicked ? undefined : { stage, name: node.key })}
                  />
                ))}
            </g>
          ))}
        </g>
      </svg>
    </section>
  )

  /** What the picked place has nothing to do with. */
  function isFaded(column: number, from: string, to: string): boolean {
    if (picked === undefined) return false
    const [before, after] = [STAGES[column], STAGES[column + 1]]
    return !groups.some(
      ({ places }) =>
        places[picked.stage] === picked.name &&
        before !== undefined &&
        after !== undefined &&
        places[before] === from &&
        places[after] === to,
    )
  }
}

interface PlaceBoxProps {
  readonly node: DrawnNode
  readonly lines: readonly string[]
  readonly isPicked: boolean
  readonly isBroken: boolean
  readonly onPick: (isPicked: boolean) => void
}

/** A place; its name for whoever does not see it is what stands in it. */
function PlaceBox({ node: { x, y, height }, lines, isPicked, isBroken, onPick }: PlaceBoxProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: there are no buttons in SVG
    <g
      class={`place${isPicked ? ' picked' : ''}${isBroken ? ' broken' : ''}`}
      role="button"
      tabindex={0}
      aria-pressed={isPicked}
      onClick={() => onPick(isPicked)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        onPick(isPicked)
      }}
    >
      <rect x={x} y={y} width={NODE_WIDTH} height={height} rx="3" />
      {lines.map((line, index) => (
        <text
          key={line}
          class={index === lines.length - 1 ? 'flow-sum' : ''}
          x={x + 8}
          y={y + 15 + index * LINE_HEIGHT}
        >
          {`${line} `}
        </text>
      ))}
    </g>
  )
}

function isAt({ column, key }: FlowNode, node: FlowNode): boolean {
  return column === node.column && key === node.key
}

/** What is sent, and below it where to. */
function labelOf(key: string): readonly string[] {
  return key
    .split(' → ')
    .map((line) =>
      line.length > LINE_CHARACTERS ? `${shownText(line.slice(0, LINE_CHARACTERS - 1))}…` : shownText(line),
    )
}

function sumOf(groups: readonly PathGroup[], stage: Stage, name: string): string {
  const those = groups.filter(({ places }) => places[stage] === name)
  const connections = those.reduce((sum, each) => sum + each.connections.length, 0)
  if (connections === 0) return 'refused'
  const rate = those.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0)
  return `${connections.toLocaleString('en')} · ${rateText(rate)}`
}

/** A way that nothing moves on is still one: it weighs as little as can be seen. */
const LEAST = 0.02

function linksOf(
  groups: readonly PathGroup[],
  faults: readonly Fault[],
  weighs: 'bytes' | 'connections',
): readonly FlowLink[] {
  const raw = groups.map((group) => (weighs === 'bytes' ? group.bytesPerSecond : group.connections.length))
  const all = raw.reduce((sum, each) => sum + each, 0)
  const least = all === 0 ? 1 : all * LEAST
  const brokenServers = new Set(faults.flatMap((fault) => (fault.at === 'server' ? [fault.server] : [])))
  const found = new Map<string, FlowLink>()
  const add = (column: number, from: string, to: string, weight: number, isBroken: boolean): void => {
    const key = `${column} ${from}\n${to}`
    const known = found.get(key)
    found.set(key, {
      from: { column, key: from },
      to: { column: column + 1, key: to },
      weight: (known?.weight ?? 0) + weight,
      isBroken: isBroken || known?.isBroken === true,
    })
  }
  for (const [index, { places }] of groups.entries()) {
    const weight = Math.max(raw[index] ?? 0, least)
    add(0, places.peer, places.listener, weight, false)
    add(1, places.listener, places.received, weight, false)
    add(2, places.received, places.server, weight, false)
    add(3, places.server, places.sent, weight, brokenServers.has(places.server))
  }
  for (const fault of faults) {
    if (fault.at === 'listener') add(0, fault.network, fault.listener, least, true)
    else if (!groups.some(({ places }) => places.server === fault.server))
      add(3, fault.server, 'not taken', least, true)
  }
  return [...found.values()]
}
