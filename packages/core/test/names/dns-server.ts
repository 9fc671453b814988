import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

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

/** A resolver on loopback that answers from a zone, or is dead: it hears every question and answers none. */
export class DnsServer {
  readonly questions: string[] = []
  zone: Zone
  isDead = false
  readonly #socket: Socket

  private constructor(socket: Socket, zone: Zone) {
    this.#socket = socket
    this.zone = zone
    socket.on('message', (query, { port, address }) => {
      const answer = this.#answer(query)
      if (answer !== undefined) socket.send(answer, port, address)
    })
  }

  static async start(zone: Zone): Promise<DnsServer> {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return new DnsServer(socket, zone)
  }

  /** For `resolvers`. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`
  }

  async stop(): Promise<void> {
    this.#socket.close()
    await once(this.#socket, 'close')
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
