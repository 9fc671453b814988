import { getSystemErrorMessage, getSystemErrorName } from 'node:util'
import { endpointText } from '@infrarust/core'
import { type Attempt, isUnixName, unixPath } from '@infrarust/core/transport'

/** `unavailable`: there is no native transport on this machine, the message says why. `closed`: it was closed. */
export type TransportNativeErrorCode = 'unavailable' | 'closed' | 'threads'

export class TransportNativeError extends Error {
  override readonly name = 'TransportNativeError'
  readonly code: TransportNativeErrorCode

  constructor(code: TransportNativeErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** The error of a system call as `node:net` makes it: `code`, `syscall`, `address` and `port` are set. */
export function systemError(
  errno: number,
  syscall: string,
  { address, port }: Pick<Attempt, 'address' | 'port'>,
): NodeJS.ErrnoException {
  const code = getSystemErrorName(errno)
  const where = isUnixName(address) ? unixPath(address) : endpointText({ host: address, port })
  const error = new Error(`${syscall} ${code}: ${getSystemErrorMessage(errno)} ${where}`)
  return Object.assign(error, { code, errno, syscall, address, port })
}
