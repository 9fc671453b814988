import type { Reason } from './reasons.ts'

/**
 * One per accepted connection, at its end. Addresses are canonical, and that of a Unix socket is `unix`; what is not known is
 * undefined, and not in the line.
 */
export interface AccessRecord {
  readonly client: string
  readonly client_port?: number | undefined
  readonly peer: string
  readonly peer_port?: number | undefined
  readonly listener: string
  readonly proxy_version?: 1 | 2 | undefined
  readonly proxy_command?: 'PROXY' | 'LOCAL' | 'UNKNOWN' | undefined
  /** Which private link of a cloud it came through, where a trusted sender's header says so. */
  readonly private_link?: string | undefined
  readonly intent?: 'status' | 'login' | 'transfer' | 'legacy_status' | 'legacy_login' | undefined
  readonly protocol?: number | undefined
  /** Cleaned up. */
  readonly domain?: string | undefined
  /** The verified name where there is one. */
  readonly player?: string | undefined
  /** The name that the client had claimed, where the verified one is another. */
  readonly claimed?: string | undefined
  /** Id of the server. */
  readonly server?: string | undefined
  /** `host:port` dialled, or `unix:/path`. */
  readonly endpoint?: string | undefined
  /** From the client, after the PROXY header. */
  readonly bytes_in: number
  readonly bytes_out: number
  readonly ms: PhaseMilliseconds
  /** What came, of `bad_handshake` and `overrun`; what the server told the player when it ended the login. */
  readonly detail?: string | undefined
  readonly reason: Reason
}

/** Milliseconds per phase that was entered, and in all. */
export interface PhaseMilliseconds {
  readonly header?: number | undefined
  readonly handshake?: number | undefined
  readonly login?: number | undefined
  readonly hold?: number | undefined
  readonly connect?: number | undefined
  readonly relay?: number | undefined
  readonly answer?: number | undefined
  readonly total: number
}
