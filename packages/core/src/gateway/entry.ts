import type { Connection } from '../connection/connection.ts'

/** A connection in the gateway's table, with what only the table is interested in. */
export class Entry {
  readonly connection: Connection
  /** Neighbours in the `WaitingList`. */
  older: Entry | undefined
  newer: Entry | undefined
  isWaiting = false
  /** Whether it counts against `max_connections`: neither refused nor closed. */
  isCounted = false
  /** The keys it is indexed by. */
  clientKey: string | undefined
  playerKey: string | undefined
  /** Ends the wait that a `hold` stands for. */
  abandon: (() => void) | undefined

  constructor(connection: Connection) {
    this.connection = connection
  }
}
