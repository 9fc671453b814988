import type { LegacyPing } from '@infrarust/minecraft'
import type { Decoder } from '@infrarust/proxy-protocol'
import type { Server } from '../config/server.ts'
import type { Endpoint } from '../names/backend-names.ts'
import type { Refusal } from '../policy/policy.ts'
import type { Input } from '../transport/contract.ts'

/** What is true in each state, and only there. What is known about the connection whatever its state is in `Connection`. */
interface StateData {
  /** Nothing is known but the two addresses of the socket. */
  accepted: object
  /** `hasBegun`: it is a header for good; until then an `optional` listener may find that there is none. */
  'proxy-header': { readonly decoder: Decoder; readonly hasBegun: boolean }
  /** `grace`: a legacy ping is complete unless another byte comes before `deadlineAt`; these are its bytes. */
  handshake: { readonly deadlineAt: number; readonly grace: Grace | undefined }
  /** Refused, and read on only to be answered in the client's own protocol. */
  refusing: { readonly refusal: Refusal; readonly deadlineAt: number; readonly grace: Grace | undefined }
  /** `due`: the answer that is to be given, whatever is asked. */
  'status-request': { readonly deadlineAt: number; readonly due: Refusal | undefined }
  'login-start': { readonly deadlineAt: number }
  holding: { readonly waitingFor: 'routes' | 'endpoints' | 'status'; readonly deadlineAt: number }
  /** `leadsBack`: an address of the server is our own, and is not dialled. */
  dialling: { readonly endpoints: readonly Endpoint[]; readonly server: Server; readonly leadsBack: boolean }
  relaying: object
  /** A status was sent; a ping may follow. */
  answering: { readonly deadlineAt: number }
  /** The last decision is made, or the client is gone; `finished` may still be to come. */
  closed: object
}

interface Grace {
  readonly ping: LegacyPing
  readonly bytes: Uint8Array
}

export type StateName = keyof StateData

/** Distributes over the names, so that `state.name` tells which data is there. */
export type StateOf<Name extends StateName> = {
  readonly [Each in Name]: { readonly name: Each } & StateData[Each]
}[Name]

export type State = StateOf<StateName>

/** What a step is fed: an input, or `entered` right after another step went on to its state. */
export type StepInput = Exclude<Input, { kind: 'accepted' | 'cut' | 'drain' | 'finished' }> | Entered

interface Entered {
  readonly kind: 'entered'
  readonly at: number
}
