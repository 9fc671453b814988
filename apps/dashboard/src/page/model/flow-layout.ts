/** One place in a column. */
export interface FlowNode {
  readonly column: number
  readonly key: string
}

/** What goes from a place to one of the next column. */
export interface FlowLink {
  readonly from: FlowNode
  readonly to: FlowNode
  readonly weight: number
  /** Whether it is cut: nothing, or nothing good, gets through. */
  readonly isBroken: boolean
}

export interface DrawnNode extends FlowNode {
  readonly x: number
  readonly y: number
  readonly height: number
}

export interface DrawnLink extends FlowLink {
  /** Of the ribbon, as the `d` of a path. */
  readonly outline: string
}

export interface FlowDrawing {
  readonly nodes: readonly DrawnNode[]
  readonly links: readonly DrawnLink[]
  readonly height: number
}

export interface FlowSize {
  readonly width: number
  readonly columns: number
  readonly nodeWidth: number
  /** What the ribbons of the fullest column have together. */
  readonly bodyHeight: number
}

/** Room for a label of three lines. */
const NODE_MIN_PX = 50
const GAP_PX = 14
const RIBBON_MIN_PX = 2

/** Places columns side by side and what flows between them as ribbons, as thick as they weigh. */
export function flowLayout(
  links: readonly FlowLink[],
  { width, columns, nodeWidth, bodyHeight }: FlowSize,
): FlowDrawing {
  const nodes = nodesOf(links)
  const heaviest = Math.max(
    1e-9,
    ...Array.from({ length: columns }, (_, column) =>
      sum(
        nodes.filter((node) => node.column === column),
        (node) => node.weight,
      ),
    ),
  )
  const scale = bodyHeight / heaviest
  const step = columns > 1 ? (width - nodeWidth) / (columns - 1) : 0
  const drawn = new Map<string, DrawnNode>()
  let height = 0
  for (let column = 0; column < columns; column++) {
    let y = 0
    for (const node of nodes.filter((each) => each.column === column)) {
      const nodeHeight = Math.max(NODE_MIN_PX, node.weight * scale)
      drawn.set(idOf(node), { column, key: node.key, x: column * step, y, height: nodeHeight })
      y += nodeHeight + GAP_PX
    }
    height = Math.max(height, y - GAP_PX)
  }
  return { nodes: [...drawn.values()], links: ribbons(links, drawn, nodes, nodeWidth), height }
}

interface WeighedNode extends FlowNode {
  /** Of the heavier side. */
  readonly weight: number
}

/** Heaviest first, but for a place that belongs beside what flows into it. */
function nodesOf(links: readonly FlowLink[]): readonly WeighedNode[] {
  const weights = new Map<string, { node: FlowNode; into: number; out: number }>()
  const of = (node: FlowNode): { into: number; out: number } => {
    const known = weights.get(idOf(node)) ?? { node, into: 0, out: 0 }
    weights.set(idOf(node), known)
    return known
  }
  for (const { from, to, weight } of links) {
    of(from).out += weight
    of(to).into += weight
  }
  return [...weights.values()]
    .map(({ node, into, out }) => ({ ...node, weight: Math.max(into, out) }))
    .sort((one, other) => one.column - other.column || other.weight - one.weight)
}

function ribbons(
  links: readonly FlowLink[],
  drawn: ReadonlyMap<string, DrawnNode>,
  nodes: readonly WeighedNode[],
  nodeWidth: number,
): readonly DrawnLink[] {
  const weightOf = new Map(nodes.map((node) => [idOf(node), node.weight]))
  const used = new Map<string, number>()
  const take = (side: string, node: FlowNode, weight: number): readonly [top: number, bottom: number] => {
    const place = drawn.get(idOf(node))
    const all = weightOf.get(idOf(node)) ?? 0
    if (place === undefined || all === 0) return [0, 0]
    const key = `${side} ${idOf(node)}`
    const before = used.get(key) ?? 0
    const part = (weight / all) * place.height
    used.set(key, before + part)
    return [place.y + before, place.y + before + Math.max(RIBBON_MIN_PX, part)]
  }
  const order = (node: FlowNode): number => drawn.get(idOf(node))?.y ?? 0
  return [...links]
    .sort((one, other) => order(one.from) - order(other.from) || order(one.to) - order(other.to))
    .map((link) => {
      const [fromTop, fromBottom] = take('out', link.from, link.weight)
      const [toTop, toBottom] = take('in', link.to, link.weight)
      const x1 = (drawn.get(idOf(link.from))?.x ?? 0) + nodeWidth
      const x2 = drawn.get(idOf(link.to))?.x ?? 0
      return { ...link, outline: ribbon(x1, x2, [fromTop, fromBottom], [toTop, toBottom]) }
    })
}

function ribbon(x1: number, x2: number, from: readonly [number, number], to: readonly [number, number]): string {
  const middle = (x1 + x2) / 2
  const [a, b, c, d] = [from[0], to[0], to[1], from[1]].map((y) => y.toFixed(1))
  return `M${x1},${a}C${middle},${a} ${middle},${b} ${x2},${b}L${x2},${c}C${middle},${c} ${middle},${d} ${x1},${d}Z`
}

function idOf({ column, key }: FlowNode): string {
  return `${column} ${key}`
}

function sum<Each>(all: readonly Each[], of: (each: Each) => number): number {
  return all.reduce((total, each) => total + of(each), 0)
}
