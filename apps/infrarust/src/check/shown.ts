import { type LoadedGateway, valueAt } from '@infrarust/config-file'
import { type DefinedServer, gatewayKeys } from '@infrarust/core'
import { isSecretAt, isWithheld, serverKeys } from '@infrarust/core/provider'
import { PROGRAM_KEYS, type ProgramConfig } from '../program-keys.ts'
import { type KeyInForce, keysInForce, type WrittenKeys } from './keys-in-force.ts'

/** All that is in force, and where it comes from. */
export interface Shown {
  /** Of `infrarust.toml`, the environment and the command line. */
  readonly keys: readonly KeyInForce[]
  readonly servers: readonly { readonly id: string; readonly source: string; readonly keys: readonly KeyInForce[] }[]
}

export function shownConfiguration(
  loaded: Extract<LoadedGateway<ProgramConfig>, { kind: 'config' }>,
  servers: readonly DefinedServer[],
): Shown {
  return {
    keys: gatewayInForce(loaded),
    servers: serversInForce(servers),
  }
}

/** Every key of each server. */
export function serversInForce(servers: readonly DefinedServer[]): Shown['servers'] {
  return servers.map((defined) => ({
    id: defined.server.id,
    source: defined.server.source,
    keys: keysInForce(serverKeys, writtenIn(defined)),
  }))
}

/** Every key of `infrarust.toml`, the environment and the command line. */
export function gatewayInForce(
  loaded: Extract<LoadedGateway<ProgramConfig>, { kind: 'config' }>,
): readonly KeyInForce[] {
  const written: WrittenKeys = {
    valueAt: (path) => valueAt(loaded.written, path) ?? modeSaidShort(loaded.written, path),
    originOf(path) {
      const source = valueAt(loaded.written, path) === undefined && isMode(path) ? RECEIVE : path
      const origin = loaded.originOf(source)
      const references = origin.kind === 'file' ? origin.references : []
      return { from: origin.kind, place: origin.kind === 'default' ? null : origin.place, references }
    },
    isWithheld: loaded.isWithheld,
  }
  const keys = keysInForce(gatewayKeys(PROGRAM_KEYS), written)
  // With listeners of their own, nothing listens at the default of `bind`.
  const hasListeners = Array.isArray(loaded.written.listener) && loaded.written.listener.length > 0
  const silent = hasListeners ? 'bind' : 'listener'
  return keys.filter(({ key }) => key !== silent)
}

const RECEIVE: readonly string[] = ['receive_proxy_protocol']

function isMode(path: readonly string[]): boolean {
  return path.join('.') === 'proxy_protocol.mode'
}

/** `receive_proxy_protocol = true` is a mode in another word. */
function modeSaidShort(written: unknown, path: readonly string[]): unknown {
  const receives = isMode(path) ? valueAt(written, RECEIVE) : undefined
  return receives === undefined ? undefined : receives === true ? 'required' : 'off'
}

function writtenIn({ definition, writer }: DefinedServer): WrittenKeys {
  const { values, source, locate, withheld = [] } = definition
  return {
    valueAt: (path) => valueAt(values, path),
    originOf: (path) => ({
      from: writer === 'operator' ? 'file' : 'provider',
      place: locate?.(path) ?? source,
      references: [],
    }),
    isWithheld: (path) => isSecretAt(serverKeys, path) || isWithheld(path, withheld),
  }
}
