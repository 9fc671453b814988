/**
 * What code that is written for speed brings over the plain code that its tests hold it to: `pnpm bench`. Rounds are
 * interleaved and counted in processor time, that of the garbage collector included; the best of each side stands. What
 * is not well ahead any more is to go, and the plain code to take its place. The young generation is as large as the program
 * makes its own: with a larger one a `Map` that comes and goes is cheaper.
 */
import { ManyByKey } from '../src/collections/many-by-key.ts'
import type { Facts } from '../src/connection/facts.ts'
import type { ConnectionInput } from '../src/connection/input.ts'
import { PHASE, Phases } from '../src/connection/phases.ts'
import type { StateName } from '../src/connection/state.ts'
import { leadsTo, rowOf, STATES } from '../src/connection/states.ts'
import { AgeList } from '../src/gateway/age-list.ts'
import { ConnectionMap } from '../src/transport/connection-map.ts'
import { PlainManyByKey } from '../test/collections/plain-many-by-key.ts'
import { PlainPhases } from '../test/connection/plain-phases.ts'
import { PlainAgeList } from '../test/gateway/plain-age-list.ts'
import { PlainConnectionMap } from '../test/transport/plain-connection-map.ts'
import { copied, grown } from './facts.ts'

const ROUNDS = 9
const CONNECTIONS = 100_000
/** So many are under way at a time. */
const AT_ONCE = 2_000
const INPUTS = 5

/** About as large as what the gateway keeps of a connection. */
function connection(id: number): object {
  return { id, bytes: new Array(32).fill(id), name: `connection ${id}` }
}

/** One comes, is looked for at each input, and the oldest goes. */
function byId(map: Pick<PlainConnectionMap<object>, 'get' | 'set' | 'delete'>): () => void {
  return () => {
    for (let id = 1; id <= CONNECTIONS; id++) {
      map.set(id, connection(id))
      for (let input = 0; input < INPUTS; input++) map.get(id)
      map.delete(id - AT_ONCE)
    }
    for (let id = CONNECTIONS - AT_ONCE + 1; id <= CONNECTIONS; id++) map.delete(id)
  }
}

interface Index<Place> {
  add(key: string, value: object): Place
  remove(place: Place): void
}

function byClient<Place>(index: Index<Place>): () => void {
  return () => {
    const places: Place[] = []
    for (let id = 0; id < CONNECTIONS; id++) {
      const oldest = places[id % AT_ONCE]
      if (oldest !== undefined) index.remove(oldest)
      places[id % AT_ONCE] = index.add(`203.0.113.${id % 250}`, connection(id))
    }
    for (const place of places) index.remove(place)
  }
}

interface Ages<Place> {
  readonly oldest: object | undefined
  add(entry: object): Place
  remove(place: Place): void
}

/** A flood of mute sockets: the oldest makes room for each that comes. */
function byAge<Place>(list: Ages<Place>): () => void {
  return () => {
    const places: Place[] = []
    for (let id = 0; id < CONNECTIONS; id++) {
      const oldest = places[id % AT_ONCE]
      if (oldest !== undefined && list.oldest !== undefined) list.remove(oldest)
      places[id % AT_ONCE] = list.add(connection(id))
    }
    for (const place of places) list.remove(place)
  }
}

const LOGIN = [PHASE.header, PHASE.handshake, PHASE.login, PHASE.connect, PHASE.relay]
let totalMs = 0

function phases(begin: (at: number) => Pick<Phases, 'enter' | 'finish'>): () => void {
  return () => {
    for (let id = 0; id < CONNECTIONS; id++) {
      const of = begin(id + 0.25)
      LOGIN.forEach((phase, step) => void of.enter(phase, id + 0.25 + 1.3 * step))
      totalMs += of.finish(id + 900).total
    }
  }
}

let known: Facts | undefined

function facts(learn: (id: number) => Facts): () => void {
  return () => {
    for (let id = 0; id < CONNECTIONS; id++) known = learn(id)
  }
}

/** The way of a login through the table of states. */
const WAY: readonly (readonly [from: StateName, kind: ConnectionInput['kind'], to: StateName])[] = [
  ['accepted', 'accepted', 'proxy-header'],
  ['proxy-header', 'bytes', 'handshake'],
  ['handshake', 'bytes', 'login-start'],
  ['login-start', 'bytes', 'dialling'],
  ['dialling', 'dialled', 'relaying'],
]
let edges = 0

function byNumber(): void {
  for (let id = 0; id < CONNECTIONS; id++)
    for (const [from, kind, to] of WAY) if (leadsTo(rowOf(from), kind, rowOf(to))) edges++
}

function byName(): void {
  for (let id = 0; id < CONNECTIONS; id++)
    for (const [from, kind, to] of WAY) if (STATES[from].edges[kind]?.includes(to)) edges++
}

const ROWS: Readonly<Record<string, { readonly fast: () => void; readonly plain: () => void }>> = {
  'ConnectionMap, a connection': { fast: byId(new ConnectionMap()), plain: byId(new PlainConnectionMap()) },
  'ManyByKey, a connection': { fast: byClient(new ManyByKey()), plain: byClient(new PlainManyByKey()) },
  'Facts in place, a login': { fast: facts(grown), plain: facts(copied) },
  'Edges by number, a login': { fast: byNumber, plain: byName },
  'AgeList, a connection': { fast: byAge(new AgeList<object>()), plain: byAge(new PlainAgeList<object>()) },
  'Phases, a connection': { fast: phases((at) => new Phases(at)), plain: phases((at) => new PlainPhases(at)) },
}

for (const [name, { fast, plain }] of Object.entries(ROWS)) {
  const best = { fast: Number.POSITIVE_INFINITY, plain: Number.POSITIVE_INFINITY }
  for (let round = 0; round < ROUNDS; round++) {
    best.fast = Math.min(best.fast, nanoseconds(fast))
    best.plain = Math.min(best.plain, nanoseconds(plain))
  }
  const times = (best.plain / best.fast).toFixed(2)
  console.log(`${name.padEnd(30)} ${best.fast.toFixed(0)} ns   plain ${best.plain.toFixed(0)} ns   ${times} times`)
}
if (!(totalMs > 0) || known === undefined || edges === 0) throw new Error('nothing was measured')

function nanoseconds(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1_000) / CONNECTIONS
}
