import { gives, isNot, type ValueType } from '../config/value-type.ts'

/**
 * Where the UUID of a player comes from whom nobody has authenticated. There is one answer: a UUID that the client claims
 * could be that of an operator, and a server behind the proxy would believe it.
 */
export const offlineUuidSource: ValueType<'offline'> = {
  name: '"offline"',
  read(written) {
    if (written === 'offline') return gives('offline')
    return written === 'client' ? { kind: 'fault', fault: CLIENT } : isNot(written, 'write "offline"')
  },
  fromText: (label) => label,
  schema: { enum: ['offline'] },
}

const CLIENT =
  'is "client", which would let everybody be whom they like: a server believes the UUID that it is told, and a client may ' +
  'claim that of an operator; write "offline"'
