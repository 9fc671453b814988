import type { EncryptionResponse, ProfileKey } from '@infrarust/minecraft'
import type { JoinAnswer } from './session-server.ts'

/**
 * How players are authenticated, as the logic of a connection asks for it. Everything is answered at once but the question to
 * the session server, which is waited for.
 */
export interface Authentication {
  /** What an Encryption Request carries: RSA, as SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
  /** Four random bytes, new ones for each request. */
  newToken(): Uint8Array
  /**
   * Whether one more login may begin: what the client answers will cost two decryptions. Bounded for all clients together and
   * for each. It is asked before the Encryption Request is sent, since no text can be read behind it before the secret is known.
   *
   * @param client its address, canonical
   * @param at     monotonic milliseconds
   */
  mayBegin(client: string, at: number): boolean
  /**
   * Opens what the client has answered: first the proof that it answers this request, then the secret. Whatever is wrong
   * looks the same.
   *
   * @returns 16 bytes; undefined where anything is not as it should be
   */
  open(response: EncryptionResponse, request: SentRequest): Uint8Array | undefined
  /** What the client has told its session server: the hash of this secret and of the public key. */
  serverHash(secret: Uint8Array): string
  /**
   * Asks the session server whether the player has joined.
   *
   * @returns `busy` where too many questions are open, of all clients together or of this one
   */
  ask(player: AskedPlayer): PendingJoin | 'busy'
}

/** What an Encryption Response is held against. */
export interface SentRequest {
  readonly token: Uint8Array
  /** Of the Login Start: with it a client of 1.19 to 1.19.2 may sign the token. */
  readonly profileKey: ProfileKey | undefined
}

/** Whom the session server is asked about. */
export interface AskedPlayer {
  /** As the client claims it. */
  readonly name: string
  readonly serverHash: string
  /** The client's address, canonical: what is counted by, and what the session server is told where that is wanted. */
  readonly client: string
}

/** A question that the session server is asked. */
export interface PendingJoin {
  /** Settles when there is an answer; never rejects. */
  readonly done: PromiseLike<unknown>
  /** Whether the session server was told the client's address, and so may say no because of it. */
  readonly comparesAddress: boolean
  /** Once it has settled. */
  readonly answer: JoinAnswer | undefined
  /** Nobody waits any more: the question is withdrawn, and its place free. */
  abandon(): void
}
