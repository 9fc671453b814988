import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server, type Socket as TcpSocket } from 'node:net'

/** `A survival.test` → what is answered. A question that is not listed is answered with NXDOMAIN. */
export type Zone = Record<string, readonly DnsRecord[]>

type DnsRecord =
  | { readonly type: 'A' | 'AAAA'; readonly address: string; readonly ttl?: number }
  | {
      readonly type: 'SRV'
      readonly priority: number
      readonly weight: number
      readonly port: number
      readonly target: string
    }

const TYPES = { A: 1, AAAA: 28, SRV: 33 } as const

/** What resolvers ask for nowadays; a longer answer is asked for once more, over TCP. */
const LONGEST_DATAGRAM = 1_232

/** A resolver on loopback that answers from a zone, or is dead: it hears every question and answers none. */
export class DnsServer {
  readonly questions: string[] = []
  zone: Zone
  isDead = false
  readonly #socket: Socket
  readonly #long: Server
  readonly #open = new Set<TcpSocket>()

  private constructor(socket: Socket, long: Server, zone: Zone) {
    this.#socket = socket
    this.#long = long
    this.zone = zone
    socket.on('message', (query, { port, address }) => {
      const answer = this.#answer(query)
      if (answer !== undefined) socket.send(answer.length > LONGEST_DATAGRAM ? cut(answer) : answer, port, address)
    })
    long.on('connection', (stream) => this.#answerStream(stream))
  }

  static async start(zone: Zone): Promise<DnsServer> {
    for (;;) {
      const socket = createSocket('udp4')
      socket.bind(0, '127.0.0.1')
      await once(socket, 'listening')
      const long = createServer()
      const isBound = new Promise((resolve) =>
        long.once('listening', () => resolve(true)).once('error', () => resolve(false)),
      )
      long.listen(socket.address().port, '127.0.0.1')
      if (await isBound) return new DnsServer(socket, long, zone)
      // Somebody has this port for TCP.
      socket.close()
    }
  }

  /** For `resolvers`. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`
  }

  async stop(): Promise<void> {
    for (const stream of this.#open) stream.destroy()
    this.#long.close()
    this.#socket.close()
    await once(this.#socket, 'close')
  }

  /** Each message stands behind its length. */
  #answerStream(stream: TcpSocket): void {
    this.#open.add(stream)
    stream.on('close', () => this.#open.delete(stream))
    stream.on('error', () => undefined)
    let unread = Buffer.alloc(0)
    stream.on('data', (bytes) => {
      unread = Buffer.concat([unread, bytes])
      while (unread.length >= 2 && unread.length >= 2 + unread.readUInt16BE(0)) {
        const end = 2 + unread.readUInt16BE(0)
        const answer = this.#answer(unread.subarray(2, end))
        unread = unread.subarray(end)
        if (answer === undefined) continue
        const length = Buffer.alloc(2)
        length.writeUInt16BE(answer.length)
        stream.write(Buffer.concat([length, answer]))
      }
    })
  }

  #answer(query: Buffer): Buffer | undefined {
    const labels: string[] = []
    let at = 12
    for (let length = query[at++] ?? 0; length > 0; length = query[at++] ?? 0) {
      labels.push(query.toString('latin1', at, at + length).toLowerCase())
      at += length
    }
    const type = Object.entries(TYPES).find(([, number]) => number === query.readUInt16BE(at))?.[0] ?? '?'
    const question = `${type} ${labels.join('.')}`
    this.questions.push(question)
    if (this.isDead) return undefined
    const records = this.zone[question] ?? []
    const isKnown = Object.keys(this.zone).some((listed) => listed.endsWith(` ${labels.join('.')}`))
    const header = Buffer.from(query.subarray(0, 12))
    header.writeUInt16BE(isKnown ? 0x8180 : 0x8183, 2)
    header.writeUInt16BE(records.length, 6)
    header.writeUInt32BE(0, 8)
    return Buffer.concat([header, query.subarray(12, at + 4), ...records.map(encode)])
  }
}

/** The question alone, with the bit that says that there is more. */
function cut(answer: Buffer): Buffer {
  const short = Buffer.from(answer.subarray(0, answer.indexOf(0, 12) + 5))
  short.writeUInt16BE(short.readUInt16BE(2) | 0x0200, 2)
  short.writeUInt16BE(0, 6)
  return short
}

function encode(record: DnsRecord): Buffer {
  const data = dataOf(record)
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(TYPES[record.type], 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(record.type === 'SRV' ? 60 : (record.ttl ?? 60), 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

function dataOf(record: DnsRecord): Buffer {
  switch (record.type) {
    case 'A':
      return Buffer.from(record.address.split('.').map(Number))
    case 'AAAA':
      return Buffer.from(
        record.address
          .split(':')
          .map((group) => group.padStart(4, '0'))
          .join(''),
        'hex',
      )
    case 'SRV': {
      const head = Buffer.alloc(6)
      head.writeUInt16BE(record.priority, 0)
      head.writeUInt16BE(record.weight, 2)
      head.writeUInt16BE(record.port, 4)
      const labels = record.target
        .split('.')
        .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
      return Buffer.concat([head, ...labels, Buffer.from([0])])
    }
  }
}
