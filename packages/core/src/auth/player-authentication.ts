import { createHash, randomBytes } from 'node:crypto'
import { type EncryptionResponse, serverHash } from '@infrarust/minecraft'
import { type ClientPrefixes, DEFAULT_CLIENT_PREFIXES } from '../addresses/client-key.ts'
import { isPublicAddress } from '../addresses/public-address.ts'
import type { AskedPlayer, Authentication, PendingJoin, SentRequest } from './authentication.ts'
import { LoginBounds } from './login-bounds.ts'
import type { LoginKey } from './login-key.ts'
import { isTokenSigned } from './profile-signature.ts'
import type { JoinAnswer, SessionServer } from './session-server.ts'

/** What an authentication is made of, and what of the configuration concerns it. */
export interface PlayerAuthenticationOptions {
  readonly key: LoginKey
  readonly sessionServer: Pick<SessionServer, 'hasJoined'>
  /** How many questions to it may be open. */
  readonly maxPending: number
  /** Whether the session server is told where the player joins from, to refuse who has told it another address. */
  readonly preventsProxies: boolean
  /** By what clients are counted. */
  readonly prefixes?: ClientPrefixes
}

const TOKEN_BYTES = 4

/** Authenticates players as Mojang's servers do: with a key of this process, at a session server. */
export class PlayerAuthentication implements Authentication {
  readonly publicKey: Uint8Array
  readonly #key: LoginKey
  readonly #bounds: LoginBounds
  #settings: Pick<PlayerAuthenticationOptions, 'sessionServer' | 'preventsProxies'>

  constructor({ key, maxPending, prefixes = DEFAULT_CLIENT_PREFIXES, ...settings }: PlayerAuthenticationOptions) {
    this.publicKey = key.publicKey
    this.#key = key
    this.#bounds = new LoginBounds(maxPending, prefixes)
    this.#settings = settings
  }

  /** Takes another configuration over; what is open stays with the one before. */
  use({ maxPending, ...settings }: Omit<PlayerAuthenticationOptions, 'key' | 'prefixes'>): void {
    this.#bounds.use(maxPending)
    this.#settings = settings
  }

  newToken(): Uint8Array {
    return randomBytes(TOKEN_BYTES)
  }

  mayBegin(client: string, at: number): boolean {
    return this.#bounds.mayBegin(client, at)
  }

  open({ encryptedSecret, proof }: EncryptionResponse, { token, profileKey }: SentRequest): Uint8Array | undefined {
    switch (proof.kind) {
      case 'encrypted':
        return this.#key.open({ secret: encryptedSecret, token: proof.encryptedToken }, token)
      case 'signed': {
        const isSigned = profileKey !== undefined && isTokenSigned(profileKey, token, proof)
        return isSigned ? this.#key.openSecret(encryptedSecret) : undefined
      }
    }
  }

  serverHash(secret: Uint8Array): string {
    return serverHash((data) => createHash('sha1').update(data).digest(), '', secret, this.publicKey)
  }

  ask({ name, serverHash: hash, client }: AskedPlayer): PendingJoin | 'busy' {
    const close = this.#bounds.open(client)
    if (close === undefined) return 'busy'
    const { sessionServer, preventsProxies } = this.#settings
    // Of an address at home it knows nothing, and would refuse everybody there.
    const clientAddress = preventsProxies && isPublicAddress(client) ? client : undefined
    const gone = new AbortController()
    const question = { name, serverHash: hash, clientAddress }
    return new OpenQuestion(sessionServer.hasJoined(question, gone.signal), gone, close, clientAddress !== undefined)
  }
}

class OpenQuestion implements PendingJoin {
  readonly done: Promise<unknown>
  readonly comparesAddress: boolean
  answer: JoinAnswer | undefined
  readonly #gone: AbortController
  readonly #close: () => void

  constructor(answered: Promise<JoinAnswer>, gone: AbortController, close: () => void, comparesAddress: boolean) {
    this.#gone = gone
    this.#close = close
    this.comparesAddress = comparesAddress
    this.done = answered.then(
      (answer) => this.#settle(answer),
      (error) => this.#settle({ kind: 'unavailable', detail: error instanceof Error ? error.message : String(error) }),
    )
  }

  abandon(): void {
    this.#close()
    this.#gone.abort()
  }

  #settle(answer: JoinAnswer): void {
    this.answer = answer
    this.#close()
  }
}
