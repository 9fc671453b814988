import type { Reason } from './reason.ts'

/** One per accepted connection, at its end. Addresses are canonical; what is not known is absent. */
export interface AccessRecord {
  readonly client: string
  readonly client_port: number
  readonly peer: string
  readonly peer_port: number
  readonly listener: string
  readonly proxy_version?: 1 | 2
  readonly proxy_command?: 'PROXY' | 'LOCAL' | 'UNKNOWN'
  readonly intent?: 'status' | 'login' | 'transfer' | 'legacy_status' | 'legacy_login'
  readonly protocol?: number
  /** Cleaned up. */
  readonly domain?: string
  readonly player?: string
  /** Id of the server. */
  readonly server?: string
  /** `host:port` dialled. */
  readonly endpoint?: string
  /** From the client, after the PROXY header. */
  readonly bytes_in: number
  readonly bytes_out: number
  readonly ms: PhaseMilliseconds
  readonly reason: Reason
}

/** Milliseconds per phase that was entered, and in all. */
export interface PhaseMilliseconds {
  readonly header?: number
  readonly handshake?: number
  readonly login?: number
  readonly hold?: number
  readonly connect?: number
  readonly relay?: number
  readonly answer?: number
  readonly total: number
}
