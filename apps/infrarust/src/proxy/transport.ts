import type { Gateway, GatewayConfig } from '@infrarust/core'
import { nodeTransport, type Transport, type TransportConfig, type TransportFactory } from '@infrarust/core/transport'
import { loadNative, nativeTransport } from '@infrarust/transport-native'
import type { Logger } from 'pino'

/** What moves the bytes of the gateway's connections. */
export function transportFor(
  gateway: Gateway,
  { transport: config, keepAlive }: GatewayConfig,
  logger: Logger,
): Transport {
  const transport = chooseTransport(
    config,
    logger,
  )({
    handler: gateway,
    notice: ({ level, message }) => logger[level](message),
    keepAlive,
  })
  gateway.attach(transport)
  return transport
}

/** The native transport where it is there and nothing else is asked for. */
function chooseTransport({ kind, threads }: TransportConfig, logger: Logger): TransportFactory {
  if (kind === 'node') return nodeTransport
  const native = loadNative()
  if (native.kind === 'unavailable') {
    logger[kind === 'native' ? 'warn' : 'info'](`the node transport serves; no native one: ${native.reason}`)
    return nodeTransport
  }
  return (options) => nativeTransport(threads === 0 ? options : { ...options, threads })
}
