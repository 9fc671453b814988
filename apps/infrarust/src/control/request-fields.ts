import type * as v from 'valibot'
import type { Verb } from '../verbs/verb.ts'
import { VerbError } from '../verbs/verb-error.ts'
import { jsonBody } from './body.ts'
import type { Given } from './given.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * The fields of a request, to be checked: those of its path, and those of its query or of its body.
 *
 * @throws {VerbError} `bad_request` where one is given twice, or where they cannot be read; `too_large`
 */
export async function readFields(verb: Verb, inPath: Fields, { path, query, body }: Given): Promise<Fields> {
  checkEncoding(path)
  const inQuery = queryFields(query)
  const inBody = isInQuery(verb) ? {} : await bodyFields(body)
  const fields: Record<string, unknown> = { ...inPath }
  for (const [name, value] of [...Object.entries(inQuery), ...Object.entries(inBody)]) {
    if (Object.hasOwn(fields, name)) throw new VerbError('bad_request', `${name} is given twice`)
    Object.defineProperty(fields, name, { value, enumerable: true })
  }
  for (const name of Object.keys(inQuery))
    if (!isInQuery(verb)) throw new VerbError('bad_request', `${name} belongs into the body, not into the query`)
  return fields
}

/** Whether fields that are not in the path are in the query. */
export function isInQuery(verb: Verb): boolean {
  return verb.method === 'GET' || verb.method === 'DELETE' || (verb.answer === 'data' && verb.takesLines === true)
}

/** What is wrong with a request: the first thing, with the field. */
export function refusalText([issue]: readonly [v.BaseIssue<unknown>, ...unknown[]]): string {
  const field = issue.path?.map(({ key }) => String(key)).join('.') ?? 'the request'
  if (issue.expected === 'never') return `${field} is no field of this request`
  if (issue.received === 'undefined') return `${field} is missing`
  // A schema says in its own words what it wants, or is about a type alone.
  const says = issue.message.startsWith('Invalid ')
    ? `expected ${issue.expected}, not ${issue.received}`
    : issue.message
  return `${field}: ${says}`
}

function queryFields(query: string): Fields {
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    if (fields.has(name)) throw new VerbError('bad_request', `${name} is given twice`)
    fields.set(name, value)
  }
  return Object.fromEntries(fields)
}

async function bodyFields(body: Given['body']): Promise<Fields> {
  const value = await jsonBody(body)
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new VerbError('bad_request', 'the body is no JSON object')
  return Object.fromEntries(Object.entries(value))
}

function checkEncoding(path: string): void {
  try {
    decodeURIComponent(path)
  } catch {
    throw new VerbError('bad_request', 'the path has a % that begins no encoded character')
  }
}
