import type { Connection } from '../connection/connection.ts'
import type { Place } from './age-list.ts'
import type { ClientPlace } from './waiting-clients.ts'

/** A connection in the gateway's table, with what only the table is interested in. */
export class OpenConnection {
  readonly connection: Connection
  /** The how manieth of this process. A transport that has threads makes long numbers of its ids. */
  readonly number: number
  /** Among all that have not said all they have to say and are not refused; and among those of its client. */
  waiting: Place<OpenConnection> | undefined
  waitingOfClient: ClientPlace<OpenConnection> | undefined
  /** Whether it counts against `max_connections`: neither refused nor closed. */
  isCounted = false
  /** The number of the wait that was subscribed to last. */
  wait = 0

  constructor(connection: Connection, number: number) {
    this.connection = connection
    this.number = number
  }
}
