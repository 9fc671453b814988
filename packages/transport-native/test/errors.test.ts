import { constants } from 'node:os'
import { describe, expect, it } from 'vitest'
import { systemError } from '../src/errors.ts'

describe('the error of a system call', () => {
  // An IPv6 address without brackets read as one with a ninth group.
  it.each([
    ['127.0.0.1', 'bind EADDRINUSE: address already in use 127.0.0.1:25565'],
    ['2001:db8::1', 'bind EADDRINUSE: address already in use [2001:db8::1]:25565'],
  ])('names the endpoint at %s', (address, message) => {
    const error = systemError(-constants.errno.EADDRINUSE, 'bind', { address, port: 25_565 })
    expect(error).toMatchObject({ message, code: 'EADDRINUSE', syscall: 'bind', address, port: 25_565 })
  })

  it('names the path of a Unix socket', () => {
    const error = systemError(-constants.errno.EACCES, 'bind', { address: 'unix:/run/in.sock', port: undefined })
    expect(error.message).toBe('bind EACCES: permission denied /run/in.sock')
  })
})
