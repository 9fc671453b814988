import { STATUS_OF, type VerbError } from '../verbs/verb-error.ts'

/** An error as its answer. */
export function refusal(error: VerbError, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(refusalJson(error), { status: STATUS_OF[error.code], headers: { ...headers } })
}

export function refusalJson({ code, message }: VerbError): object {
  return { error: { code, message } }
}
