import type { Connection } from '../connection/connection.ts'
import type { IndexLink } from './entry-index.ts'

/** A connection in the gateway's table, with what only the table is interested in. */
export class Entry {
  readonly connection: Connection
  /** Neighbours in the `WaitingList`. */
  older: Entry | undefined
  newer: Entry | undefined
  isWaiting = false
  /** Whether it counts against `max_connections`: neither refused nor closed. */
  isCounted = false
  /** Where it is indexed. */
  byClient: IndexLink | undefined
  byPlayer: IndexLink | undefined
  /** Ends the wait that a `hold` stands for. */
  abandon: (() => void) | undefined

  constructor(connection: Connection) {
    this.connection = connection
  }
}
