import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { WebConfig } from './web-keys.ts'

/** Certificate and private key, as PEM. */
export interface TlsFiles {
  readonly cert: Buffer
  readonly key: Buffer
}

/** What `tls_cert` and `tls_key` name, undefined where they name nothing; or why it is of no use, as a clause. */
export type FoundTls =
  | { readonly kind: 'found'; readonly tls: TlsFiles | undefined }
  | { readonly kind: 'refused'; readonly why: string }

/** @param configFile relative names begin in its folder */
export function findTls({ tlsCert, tlsKey }: Pick<WebConfig, 'tlsCert' | 'tlsKey'>, configFile: string): FoundTls {
  if (tlsCert === undefined || tlsKey === undefined) return { kind: 'found', tls: undefined }
  const certFile = resolve(dirname(configFile), tlsCert)
  const keyFile = resolve(dirname(configFile), tlsKey)
  try {
    const cert = contentOf('tls_cert', certFile)
    const key = contentOf('tls_key', keyFile)
    // One after the other: OpenSSL does not say which of the two it speaks of.
    tryOut({ cert }, `tls_cert ${certFile} holds no certificate as PEM`)
    tryOut({ key }, `tls_key ${keyFile} holds no private key as PEM, or one with a password`)
    tryOut({ cert, key }, `tls_key ${keyFile} is not the key of the certificate ${certFile}`)
    return { kind: 'found', tls: { cert, key } }
  } catch (error) {
    return { kind: 'refused', why: messageOf(error) }
  }
}

function contentOf(name: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new Error(`${name} cannot be read (${messageOf(error)})`)
  }
}

function tryOut(options: SecureContextOptions, fault: string): void {
  try {
    createSecureContext(options)
  } catch (error) {
    throw new Error(`${fault} (${messageOf(error)})`)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
