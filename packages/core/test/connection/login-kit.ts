import { createHash, createHmac } from 'node:crypto'
import { constants, deflateSync, inflateSync } from 'node:zlib'
import {
  compressedFrame,
  decodeEncryptionRequest,
  type EncryptionResponse,
  encodeEncryptionResponse,
  offlineUuid,
  type Profile,
  type TokenProof,
} from '@infrarust/minecraft'
import type { AskedPlayer, Authentication, PendingJoin, SentRequest } from '../../src/auth/authentication.ts'
import type { JoinAnswer } from '../../src/auth/session-server.ts'
import type { Logins } from '../../src/connection/logins.ts'
import type { BackendLogin, Forwarding } from '../../src/forwarding/forwarding.ts'
import type { Server } from '../../src/server/server.ts'
import { Waiting } from './waiting.ts'

export const SECRET: Buffer = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')

export const NOTCH: Profile = {
  uuid: '069a79f4-44e9-4726-a5be-fca90e38aaf5',
  name: 'Notch',
  properties: [{ name: 'textures', value: 'e30=', signature: 'c2ln' }],
}

export const hmac = (data: Uint8Array): Uint8Array => createHmac('sha256', 'secret').update(data).digest()
const md5 = (data: Uint8Array): Uint8Array => createHash('md5').update(data).digest()

export const offlineUuidOf = (name: string): string => offlineUuid(name, md5)

/** A block of the length of one of RSA, which anybody can open. */
function block(content: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(128)
  bytes[0] = content.length
  bytes.set(content, 1)
  return bytes
}

function opened(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.subarray(1, 1 + (bytes[0] ?? 0)))
}

/** An authentication without keys: what it is asked is written down, and it answers when the test says so. */
export class SimulatedAuthentication implements Authentication {
  readonly publicKey: Uint8Array = Buffer.alloc(162, 0x30)
  readonly asked: (AskedPlayer & { readonly answer: (answer: JoinAnswer) => void })[] = []
  abandoned = 0
  opened = 0
  isOpen = true
  isBusy = false
  comparesAddress = false
  #tokens = 0

  newToken(): Uint8Array {
    return Uint8Array.of(1, 2, 3, ++this.#tokens)
  }

  mayBegin(): boolean {
    return this.isOpen
  }

  open({ encryptedSecret, proof }: EncryptionResponse, { token, profileKey }: SentRequest): Uint8Array | undefined {
    this.opened++
    const isProof =
      proof.kind === 'encrypted'
        ? opened(proof.encryptedToken).equals(token)
        : profileKey !== undefined && opened(proof.signature).equals(Buffer.concat([token, proof.salt]))
    const secret = opened(encryptedSecret)
    return isProof && secret.length === 16 ? secret : undefined
  }

  serverHash(secret: Uint8Array): string {
    return Buffer.from(secret).toString('hex')
  }

  ask(player: AskedPlayer): PendingJoin | 'busy' {
    if (this.isBusy) return 'busy'
    const done = new Waiting()
    let answered: JoinAnswer | undefined
    const answer = (given: JoinAnswer): void => {
      answered = given
      done.settle()
    }
    this.asked.push({ ...player, answer })
    return {
      done,
      comparesAddress: this.comparesAddress,
      get answer() {
        return answered
      },
      abandon: () => void this.abandoned++,
    }
  }

  /** Answers the question that was asked last. */
  answer(answer: JoinAnswer): void {
    this.asked.at(-1)?.answer(answer)
  }

  joined(profile: Profile = NOTCH): void {
    this.answer({ kind: 'joined', profile })
  }
}

export interface LoginsSetting {
  readonly authentication?: SimulatedAuthentication | undefined
  readonly forwarding?: Forwarding | undefined
  readonly transferIntent?: BackendLogin['transferIntent']
}

export function loginsOf(setting: LoginsSetting): Logins {
  const { authentication, forwarding = { kind: 'none' }, transferIntent = 'keep' } = setting
  const logins = {
    authentication,
    backendLogin: (_: Server) => ({ forwarding, transferIntent }),
    finishFlush: constants.Z_SYNC_FLUSH,
    // Taken out of its object it threw, which was taken for bad data of the server: whatever was compressed was refused.
    inflate(data: Uint8Array, maxOutputLength: number): Uint8Array {
      return inflateSync(data, { maxOutputLength, finishFlush: this.finishFlush })
    },
    offlineUuid: offlineUuidOf,
  }
  return logins
}

/** What a client answers to the Encryption Request that it has received. */
export function encryptionResponse(
  received: Uint8Array,
  protocol = 767,
  { secret = SECRET, isSigned = false }: { readonly secret?: Uint8Array; readonly isSigned?: boolean } = {},
): Uint8Array {
  const request = decodeEncryptionRequest(received, protocol)
  if (request.kind !== 'decoded') throw new Error(`no Encryption Request but ${Buffer.from(received).toString('hex')}`)
  const salt = Buffer.alloc(8, 7)
  const token = request.value.verifyToken
  const proof: TokenProof = isSigned
    ? { kind: 'signed', salt, signature: block(Buffer.concat([token, salt])) }
    : { kind: 'encrypted', encryptedToken: block(token) }
  return encodeEncryptionResponse({ encryptedSecret: block(secret), proof }, protocol)
}

/** In the format behind Set Compression, deflated from the first byte on. */
export function deflated(frame: Uint8Array): Uint8Array {
  return compressedFrame(frame, { thresholdBytes: 0, deflate: (data) => deflateSync(data) })
}
