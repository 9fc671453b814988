import { nodeTransport, type TransportConfig, type TransportFactory } from '@infrarust/core/transport'
import { loadNative, nativeTransport } from '@infrarust/transport-native'
import type { Logger } from 'pino'

/** What moves the bytes: the native transport where it is there and nothing else is asked for. */
export function chooseTransport({ kind, threads }: TransportConfig, logger: Logger): TransportFactory {
  if (kind === 'node') return nodeTransport
  const native = loadNative()
  if (native.kind === 'unavailable') {
    logger[kind === 'native' ? 'warn' : 'info'](`the node transport serves; no native one: ${native.reason}`)
    return nodeTransport
  }
  return (options) => nativeTransport(threads === 0 ? options : { ...options, threads })
}
