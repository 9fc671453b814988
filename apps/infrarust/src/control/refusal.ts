import { STATUS_OF, type VerbError } from '../verbs/verb-error.ts'

/** An error as its answer. */
export function refusal(error: VerbError, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(refusalJson(error), { status: STATUS_OF[error.code], headers: { ...headers } })
}

export function refusalJson({ code, message }: VerbError): object {
  return { error: { code, message } }
}

/** The same as bytes, for a connection on which nobody speaks HTTP; it is the last answer there. */
export function rawRefusal(error: VerbError): string {
  const body = JSON.stringify(refusalJson(error))
  const length = Buffer.byteLength(body)
  return (
    `HTTP/1.1 ${STATUS_OF[error.code]} Refused\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n` +
    `Connection: close\r\n\r\n${body}`
  )
}
