import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeProfileJson, isAccountName, offlineUuid, parseUuid, serverHash, undashedUuid } from '../src/index.ts'
import { hex } from './hex.ts'
import { anyProfile } from './profiles.ts'

const md5 = (data: Uint8Array) => createHash('md5').update(data).digest()
const sha1 = (data: Uint8Array) => createHash('sha1').update(data).digest()
const NONE = new Uint8Array(0)
const NOTCH = '069a79f4-44e9-4726-a5be-fca90e38aaf5'

describe('the UUID of a player in offline mode', () => {
  // With a namespace in front of the name, as RFC 9562 has it, every player is somebody else than the server says.
  it.each([
    ['Notch', 'b50ad385-829d-3141-a216-7e7d7539ba7f'],
    ['jeb_', 'a762f560-4fce-3236-812a-b80efff0b62b'],
    ['Dinnerbone', '4d258a81-2358-3084-8166-05b9faccad80'],
    ['Steve', '5627dd98-e6be-3c21-b8a8-e92344183641'],
    ['Alex', '36532b5e-c442-3dbb-a24c-c7e55d0f979a'],
    ['Player', 'a01e3843-e521-3998-958a-f459800e4d11'],
    ['notch', '42653081-a90e-3475-b3d6-3550cdb43f8e'],
  ])('is a hash of the name, case and all: %s', (name, uuid) => {
    expect(offlineUuid(name, md5)).toBe(uuid)
  })

  it('leaves the hash that it was given as it was, and is of version 3', () => {
    const given = new Uint8Array(16).fill(0xff)
    expect(offlineUuid('Alex', () => given)).toBe('ffffffff-ffff-3fff-bfff-ffffffffffff')
    expect(given).toEqual(new Uint8Array(16).fill(0xff))
  })
})

describe('a UUID', () => {
  it('is written in one way, whichever it came in', () => {
    expect(parseUuid('069A79F444E94726A5BEFCA90E38AAF5')).toBe(NOTCH)
    expect(parseUuid(NOTCH.toUpperCase())).toBe(NOTCH)
    expect(undashedUuid(NOTCH)).toBe('069a79f444e94726a5befca90e38aaf5')
    expect(undashedUuid('069A79F444E94726A5BEFCA90E38AAF5')).toBe('069a79f444e94726a5befca90e38aaf5')
  })

  it.each([
    '',
    'x',
    `${NOTCH}0`,
    ` ${NOTCH}`,
    `${NOTCH}\n`,
    NOTCH.slice(1),
    '069a79f4-44e94726a5befca90e38aaf5',
    `{${NOTCH}}`,
  ])('is not %j', (text) => {
    expect(parseUuid(text)).toBeUndefined()
    expect(() => undashedUuid(text)).toThrow(/the UUID/)
  })

  it('is in circles the same', () => {
    fc.assert(fc.property(fc.uuid(), (uuid) => parseUuid(undashedUuid(uuid)) === uuid))
  })
})

describe('the server hash', () => {
  it.each([
    ['Notch', '4ed1f46bbe04bc756bcb17c0c7ce3e4632f06a48'],
    ['jeb_', '-7c9d5b0044c130109a5d7b5fb5c317c02b4e28c1'],
    ['simon', '88e16a1019277b15d58faf0541e11910eb756f6'],
    ['s14821', '4b5d79507d35e8cb517e835f336be65e40595'],
    ['s55146', '-e8bf0732f0b02a8db024893c0d4ba7f1c7ac'],
  ])('is a signed number without leading zeros: %s', (serverId, hash) => {
    expect(serverHash(sha1, serverId, NONE, NONE)).toBe(hash)
  })

  it('is of the server id, the secret and the key, in this order', () => {
    const text = new TextEncoder()
    expect(serverHash(sha1, 'si', text.encode('mo'), text.encode('n'))).toBe('88e16a1019277b15d58faf0541e11910eb756f6')
  })

  it('takes a server id as ISO 8859-1', () => {
    let hashed: Uint8Array = NONE
    const spying = (data: Uint8Array) => {
      hashed = data
      return sha1(data)
    }
    serverHash(spying, 'é', hex('01'), hex('02'))
    expect(hashed).toEqual(hex('e90102'))
  })
})

describe('the name of an account', () => {
  it.each(['a', 'Notch', 'jeb_', '_', '0123456789abcdef'])('may be %s', (name) => {
    expect(isAccountName(name)).toBe(true)
  })

  it.each(['', '0123456789abcdefg', 'two words', 'Ünal', 'a-b', '.Bedrock', 'Notch\n', 'a\0', 'ＡＢ'])(
    'is never %j',
    (name) => {
      expect(isAccountName(name)).toBe(false)
    },
  )
})

describe('the answer of a session server', () => {
  const textures = { name: 'textures', value: 'QUJD', signature: 'REVG' }

  it('says who the player is', () => {
    const answer = { id: undashedUuid(NOTCH), name: 'Notch', properties: [textures], profileActions: [] }
    const profile = { uuid: NOTCH, name: 'Notch', properties: [textures] }
    expect(decodeProfileJson(JSON.stringify(answer))).toMatchObject({ kind: 'decoded', value: profile })
  })

  it('need not have properties, nor sign them', () => {
    const bare = { id: NOTCH, name: 'Notch' }
    expect(decodeProfileJson(JSON.stringify(bare))).toMatchObject({ value: { uuid: NOTCH, properties: [] } })
    // It was no profile at all, and the player could not be verified.
    expect(decodeProfileJson(JSON.stringify({ ...bare, properties: null }))).toMatchObject({
      value: { properties: [] },
    })
    const unsigned = { ...bare, properties: [{ name: 'a', value: 'b', signature: null, extra: 1 }] }
    expect(decodeProfileJson(JSON.stringify(unsigned))).toMatchObject({
      value: { properties: [{ name: 'a', value: 'b' }] },
    })
  })

  it.each([
    ['', 'json-syntax'],
    ['<html>', 'json-syntax'],
    ['null', 'json-shape'],
    ['[]', 'json-shape'],
    ['"Notch"', 'json-shape'],
    ['{"name":"Notch"}', 'json-shape'],
    [`{"id":"${NOTCH}"}`, 'json-shape'],
    [`{"id":1,"name":"Notch"}`, 'json-shape'],
    ['{"id":"x","name":"Notch"}', 'json-shape'],
    [`{"id":"${NOTCH}","name":""}`, 'json-shape'],
    [`{"id":"${NOTCH}","name":"0123456789abcdefg"}`, 'json-shape'],
    [`{"id":"${NOTCH}","name":["Notch"]}`, 'json-shape'],
    [`{"id":"${NOTCH}","name":"Notch","properties":{}}`, 'json-shape'],
    [`{"id":"${NOTCH}","name":"Notch","properties":[1]}`, 'json-shape'],
    [`{"id":"${NOTCH}","name":"Notch","properties":[null]}`, 'json-shape'],
    [`{"id":"${NOTCH}","name":"Notch","properties":[{"name":"a"}]}`, 'json-shape'],
    [`{"id":"${NOTCH}","name":"Notch","properties":[{"name":"a","value":1}]}`, 'json-shape'],
    [`{"id":"${NOTCH}","name":"Notch","properties":[{"name":"a","value":"b","signature":1}]}`, 'json-shape'],
    [' '.repeat(65_537), 'json-length'],
  ])('is refused: %s', (json, code) => {
    expect(decodeProfileJson(json)).toEqual({ kind: 'malformed', code, offset: 0 })
  })

  it('is taken whatever is in it, and nothing else ever throws', () => {
    fc.assert(
      fc.property(anyProfile, ({ uuid, name, properties }) => {
        const result = decodeProfileJson(JSON.stringify({ id: undashedUuid(uuid), name, properties }))
        if (name === '') expect(result).toMatchObject({ code: 'json-shape' })
        else expect(result).toMatchObject({ value: { uuid, name, properties } })
      }),
    )
    fc.assert(fc.property(fc.json(), (json) => ['decoded', 'malformed'].includes(decodeProfileJson(json).kind)))
  })
})
