import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
  sign,
} from 'node:crypto'
import type { ProfileKey } from '@infrarust/minecraft'
import { beforeAll, describe, expect, it } from 'vitest'
import { isPublicAddress } from '../../src/addresses/public-address.ts'
import { LoginBounds } from '../../src/auth/login-bounds.ts'
import { LoginKey } from '../../src/auth/login-key.ts'
import { PlayerAuthentication } from '../../src/auth/player-authentication.ts'
import { isTokenSigned } from '../../src/auth/profile-signature.ts'
import type { JoinAnswer, JoinQuestion } from '../../src/auth/session-server.ts'

const SECRET = randomBytes(16)
const NOT_JOINED: JoinAnswer = { kind: 'not-joined' }

/** A session server that is asked by hand. */
class Questions {
  readonly asked: (JoinQuestion & {
    readonly answer: (answer: JoinAnswer) => void
    readonly signal: AbortSignal | undefined
  })[] = []

  hasJoined(question: JoinQuestion, signal?: AbortSignal): Promise<JoinAnswer> {
    return new Promise((answer) => void this.asked.push({ ...question, answer, signal }))
  }
}

let key: LoginKey
beforeAll(async () => {
  key = await LoginKey.make()
})

function encrypted(bytes: Uint8Array): Uint8Array {
  const publicKey = createPublicKey({ key: Buffer.from(key.publicKey), type: 'spki', format: 'der' })
  return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, bytes)
}

function authenticate(preventsProxies = false, maxPending = 2) {
  const sessionServer = new Questions()
  const authentication = new PlayerAuthentication({ key, sessionServer, maxPending, preventsProxies })
  return { sessionServer, authentication }
}

const PLAYER = { name: 'Notch', serverHash: 'abc', client: '198.51.101.7' }

describe('the authentication of players', () => {
  it('opens an encrypted answer, and one that is signed with the key of the Login Start', () => {
    const { authentication } = authenticate()
    const token = authentication.newToken()
    const proof = { kind: 'encrypted', encryptedToken: encrypted(token) } as const
    const response = { kind: 'encryption-response', encryptedSecret: encrypted(SECRET), proof } as const
    expect(authentication.open(response, { token, profileKey: undefined })).toEqual(SECRET)
    expect(authentication.open(response, { token: randomBytes(4), profileKey: undefined })).toBeUndefined()

    const { profileKey, proofFor } = signer()
    const signed = { ...response, proof: proofFor(token) }
    expect(authentication.open(signed, { token, profileKey })).toEqual(SECRET)
    expect(authentication.open(signed, { token: randomBytes(4), profileKey })).toBeUndefined()
    expect(authentication.open(signed, { token, profileKey: undefined })).toBeUndefined()
  })

  it('makes the hash that the client tells its session server', () => {
    const { authentication } = authenticate()
    const digest = createHash('sha1').update(SECRET).update(authentication.publicKey).digest('hex')
    expect(authentication.serverHash(SECRET)).toBe(BigInt.asIntN(160, BigInt(`0x${digest}`)).toString(16))
  })

  it('settles with the answer, and gives the place free', async () => {
    const { authentication, sessionServer } = authenticate(false, 1)
    const pending = authentication.ask(PLAYER)
    if (pending === 'busy') throw new Error('busy')
    expect(authentication.ask(PLAYER)).toBe('busy')
    expect(pending.answer).toBeUndefined()
    sessionServer.asked[0]?.answer(NOT_JOINED)
    await pending.done
    expect(pending.answer).toEqual(NOT_JOINED)
    expect(authentication.ask(PLAYER)).not.toBe('busy')
  })

  it('withdraws what nobody waits for, once', () => {
    const { authentication, sessionServer } = authenticate(false, 1)
    for (let count = 0; count < 3; count++) {
      const pending = authentication.ask(PLAYER)
      if (pending === 'busy') throw new Error('busy')
      pending.abandon()
      pending.abandon()
      expect(sessionServer.asked[count]?.signal?.aborted).toBe(true)
    }
  })

  it('tells the address of a client only where that is wanted, and it is one that the session server can know', () => {
    for (const [client, prevents, told] of [
      ['198.51.101.7', true, '198.51.101.7'],
      ['2a01:4f8::1', true, '2a01:4f8::1'],
      ['198.51.101.7', false, undefined],
      ['192.168.1.5', true, undefined],
      ['100.64.0.1', true, undefined],
      ['fd00::1', true, undefined],
      ['/run/player.sock', true, undefined],
    ] as const) {
      const { authentication, sessionServer } = authenticate(prevents)
      const pending = authentication.ask({ ...PLAYER, client })
      expect(sessionServer.asked[0]?.clientAddress).toBe(told)
      expect(pending !== 'busy' && pending.comparesAddress).toBe(told !== undefined)
    }
  })
})

describe('the bounds of logins', () => {
  it('hold one client back without the others, and let it in again a second later', () => {
    const bounds = new LoginBounds(64, { ipv4: 32, ipv6: 64 })
    const begun = Array.from({ length: 30 }, () => bounds.mayBegin('2a01::1', 5_000)).filter(Boolean)
    expect(begun).toHaveLength(10)
    expect(bounds.mayBegin('2a01::2', 5_000)).toBe(false)
    expect(bounds.mayBegin('2a01:0:0:1::1', 5_000)).toBe(true)
    expect(bounds.mayBegin('2a01::1', 6_001)).toBe(true)
  })

  it('let no more begin than a hundred a second, whoever they are', () => {
    const bounds = new LoginBounds(64, { ipv4: 32, ipv6: 64 })
    const begin = (at: number): number =>
      Array.from({ length: 1_000 }, (_, index) => bounds.mayBegin(`10.0.${index >> 8}.${index & 255}`, at)).filter(
        Boolean,
      ).length
    expect(begin(5_000)).toBe(200)
    expect(begin(6_000)).toBe(100)
  })

  it('keep room for others where one client has many questions open', () => {
    const bounds = new LoginBounds(20, { ipv4: 32, ipv6: 64 })
    const places = Array.from({ length: 20 }, () => bounds.open('10.0.0.1')).filter((place) => place !== undefined)
    expect(places).toHaveLength(16)
    const others = Array.from({ length: 6 }, (_, index) => bounds.open(`10.0.1.${index}`))
    expect(others.filter((place) => place !== undefined)).toHaveLength(4)
    places[0]?.()
    places[0]?.()
    expect(bounds.open('10.0.2.1')).toBeDefined()
    expect(bounds.open('10.0.2.2')).toBeUndefined()
  })
})

describe('the signature of a token', () => {
  it.each([
    ['a key that is none', () => ({ publicKey: Buffer.alloc(294) })],
    ['a key that has expired', () => ({ expiresAtMs: 1n })],
    ['the key of another', () => ({ publicKey: signer().profileKey.publicKey })],
  ])('is none with %s', (_, change) => {
    const { profileKey, proofFor } = signer()
    const token = randomBytes(4)
    expect(isTokenSigned(profileKey, token, proofFor(token))).toBe(true)
    expect(isTokenSigned({ ...profileKey, ...change() }, token, proofFor(token))).toBe(false)
  })
})

describe('a public address', () => {
  it.each(['8.8.8.8', '2001:4860:4860::8888', '2001:200::1', '2003::1', '3ffe::1', '172.32.0.1'])(
    'is %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )
  // Teredo, 6to4 and the newer network of examples were taken for addresses that a session server can compare.
  it.each([
    '2001::1',
    '2001:1ff:ffff::1',
    '2002:c000:204::1',
    '3fff::1',
    '192.88.99.1',
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '169.254.1.1',
    '::1',
    'fe80::1',
    '2001:db8::1',
    'ff02::1',
    '240.0.0.1',
  ])('is not %s', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })
})

function signer() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const profileKey: ProfileKey = {
    expiresAtMs: BigInt(Date.now() + 60_000),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    signature: randomBytes(512),
  }
  const salt = randomBytes(8)
  const proofFor = (token: Uint8Array) =>
    ({ kind: 'signed', salt, signature: sign('sha256', Buffer.concat([token, salt]), privateKey) }) as const
  return { profileKey, proofFor }
}
