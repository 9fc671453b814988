import type { Status, TextComponent } from '@infrarust/minecraft'
import type { SocketAddress } from '../addresses/socket-address.ts'
import type { PowerSight, RefusalTexts } from '../policy/facts.ts'
import type { Reason } from '../record/reasons.ts'
import type { ServerMessages } from './messages-feature.ts'

/** Turns the cause of an answer into what a player reads. */
export interface Messages {
  /** Whether nothing at all is said for this reason. */
  isSilent(reason: Reason, server: ServerTexts | undefined): boolean
  kick(about: About): TextComponent
  status(about: About): StatusText
}

/** What texts need to know of a server, and what it says itself. */
export interface ServerTexts extends ServerMessages {
  readonly id: string
  readonly name: string
  readonly state: 'online' | 'starting' | 'offline'
}

/** What there is to say something about. */
export interface About {
  /** `welcome`: the built-in server of a first run. The others beside reasons are states of a server, for the server list. */
  readonly cause: Reason | 'welcome' | 'sleeping' | 'stopping' | 'crashed'
  readonly client: SocketAddress
  readonly domain: string | undefined
  readonly server: ServerTexts | undefined
  /** Of a refusal: the text of a ban, and when it ends in epoch milliseconds. */
  readonly detail: string | undefined
  readonly expiresAt: number | undefined
  /** Of a refusal that brings its own. */
  readonly texts?: RefusalTexts | undefined
  /** Of a server that is started and stopped here. */
  readonly sight?: PowerSight | undefined
}

/** A status without the protocol number, which is always the client's own. */
export interface StatusText extends Pick<Status, 'description' | 'players' | 'favicon'> {
  readonly versionName: string
}
