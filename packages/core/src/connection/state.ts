import type { LegacyPing } from '@infrarust/minecraft'
import type { Decoder } from '@infrarust/proxy-protocol'
import type { PendingJoin, SentRequest } from '../auth/authentication.ts'
import type { BackendLogin } from '../forwarding/forwarding.ts'
import type { Endpoint } from '../names/backend-names.ts'
import type { Refusal } from '../policy/facts.ts'
import type { Server } from '../server/server.ts'
import type { Arrived, Complete, Dialled, DialledLogin, IntentKnown, Joining, Relayed, Routed } from './facts.ts'

/** What is true in each state, and only there: its facts, and what its step keeps from one input to the next. */
interface StateData {
  /** Nothing is known but the two addresses of the socket. */
  accepted: { readonly facts: Arrived }
  /** `hasBegun`: it is a header for good; until then an `optional` listener may find that there is none. */
  'proxy-header': { readonly facts: Arrived; readonly decoder: Decoder; readonly hasBegun: boolean }
  /** `grace`: a legacy ping is complete unless another byte comes before `deadlineAt`; these are its bytes. */
  handshake: { readonly facts: Arrived; readonly deadlineAt: number; readonly grace: Grace | undefined }
  /** Refused, and read on only to be answered in the client's own protocol. */
  refusing: {
    readonly facts: Arrived
    readonly refusal: Refusal
    readonly deadlineAt: number
    readonly grace: Grace | undefined
  }
  /** Of a client that is refused already, `due` is what it reads, whatever it asks for. */
  'status-request':
    | { readonly facts: Routed; readonly deadlineAt: number; readonly due: undefined }
    | { readonly facts: IntentKnown | Routed; readonly deadlineAt: number; readonly due: Refusal }
  'login-start': { readonly facts: Routed; readonly deadlineAt: number }
  /** An Encryption Request was sent. */
  encrypting: {
    readonly facts: Joining
    readonly server: Server
    readonly request: SentRequest
    readonly deadlineAt: number
  }
  /** The stream is ciphered, and the session server is asked who the player is. */
  authenticating: { readonly facts: Joining; readonly server: Server; readonly pending: PendingJoin }
  holding: { readonly facts: Complete; readonly waitingFor: WaitingFor; readonly deadlineAt: number }
  /** The server of a player is being started. */
  waking: {
    readonly facts: Joining
    readonly server: Server
    /** Undefined: the client takes no question, and waits as long as it does by itself. */
    readonly beat: Beat | undefined
    /** The server is up, and only the answer to the last question is still to come. */
    readonly isUp: boolean
  }
  dialling: ({ readonly facts: Dialled } & DialPlan) | ({ readonly facts: DialledLogin } & DialPlan & LoginPlan)
  /** The backend's login is passed on, frame by frame. */
  parleying: { readonly facts: DialledLogin; readonly server: Server } & LoginPlan & ParleyProgress
  relaying: { readonly facts: Relayed }
  /** A status was sent; a ping may follow. */
  answering: { readonly facts: undefined; readonly deadlineAt: number }
  /** The last decision is made, or the client is gone; `finished` may still be to come. */
  closed: { readonly facts: undefined }
}

export interface DialPlan {
  readonly server: Server
  readonly endpoints: readonly Endpoint[]
  /** An address of the server is our own, and is not dialled. */
  readonly leadsBack: boolean
}

/** Where the proxy logs in for the player; left out where the client's own bytes are passed on. */
export interface LoginPlan {
  readonly login: BackendLogin
}

/** How far the login at a backend has come. */
export interface ParleyProgress {
  /** Set Compression was passed on: frames have the new format, both ways. */
  readonly isCompressed: boolean
  /** The backend has asked who the player is, as Velocity's forwarding has it, and was told. */
  readonly hasAnswered: boolean
  /** Of a long frame that is passed on in pieces, the bytes still to come: of the backend, and of the client. */
  readonly leftForClient: number
  readonly leftForServer: number
  /** For the backend, as soon as the client's long frame is through. */
  readonly owed: Uint8Array
  /** Which Login Plugin Requests the client may answer; and how many more there were, too long for their id to be read. */
  readonly questions: readonly number[]
  readonly longQuestions: number
  /** The long frame is a Disconnect. */
  readonly isOver: boolean
}

/** What keeps a waiting client: a question now and then, one at a time. */
export interface Beat {
  /** How many were sent; the last one has this number. */
  readonly sent: number
  /** The last one is not answered yet. */
  readonly isOpen: boolean
  /** When the client was sent something last, or began to wait. */
  readonly lastAt: number
}

export type WaitingFor = 'routes' | 'endpoints' | 'status'

export interface Grace {
  readonly ping: LegacyPing
  readonly bytes: Uint8Array
}

/** The states of a connection, as `trace` shows them. */
export type StateName = keyof StateData

/** Distributes over the names, so that `state.name` tells which data is there. */
export type StateOf<Name extends StateName> = {
  readonly [Each in Name]: { readonly name: Each } & StateData[Each]
}[Name]

export type State = StateOf<StateName>
