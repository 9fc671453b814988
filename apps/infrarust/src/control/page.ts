import * as v from 'valibot'
import type { Verb } from '../verbs/verb.ts'
import { VerbError } from '../verbs/verb-error.ts'
import { refusalText } from './request-fields.ts'

/** One part of a list; without one all of it is answered. */
export interface Page {
  /** From 1. */
  readonly page: number
  readonly per_page: number
}

const MAX_PER_PAGE = 100

const number = (max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, 'write a whole number'),
    v.transform(Number),
    v.minValue(1, 'begins with 1'),
    v.maxValue(max, `is ${max} at most`),
  )

const FIELDS = v.object({ page: v.optional(number(1_000_000)), per_page: v.optional(number(MAX_PER_PAGE)) })

/** Whether a list is answered, which may be asked for in parts. */
export function isPaged(verb: Verb): boolean {
  return verb.method === 'GET' && verb.answer === 'data' && verb.result.type === 'array'
}

/**
 * Takes `page` and `per_page` out of the fields of a request.
 *
 * @throws {VerbError} `bad_request`
 */
export function readPage(fields: Readonly<Record<string, unknown>>): {
  readonly page: Page | undefined
  readonly rest: Readonly<Record<string, unknown>>
} {
  const { page, per_page, ...rest } = fields
  if (page === undefined && per_page === undefined) return { page: undefined, rest }
  const parsed = v.safeParse(FIELDS, { page, per_page })
  if (!parsed.success) throw new VerbError('bad_request', refusalText(parsed.issues))
  return { page: { page: parsed.output.page ?? 1, per_page: parsed.output.per_page ?? MAX_PER_PAGE }, rest }
}

/** The answer for a list, or for one page of it. */
export function paged(all: readonly unknown[], page: Page | undefined): object {
  const total = all.length
  // A page of nothing has no number of pages: whoever divides by it gets one.
  if (page === undefined) return { data: all, meta: { total, page: 1, per_page: Math.max(1, total), total_pages: 1 } }
  const from = (page.page - 1) * page.per_page
  const total_pages = Math.max(1, Math.ceil(total / page.per_page))
  return { data: all.slice(from, from + page.per_page), meta: { total, ...page, total_pages } }
}

/** Of a list, as JSON Schema. */
export const META_SCHEMA = {
  type: 'object',
  properties: Object.fromEntries(
    ['total', 'page', 'per_page', 'total_pages'].map((name) => [name, { type: 'integer' }]),
  ),
  required: ['total', 'page', 'per_page', 'total_pages'],
} as const

/** The parameters of the query, for the OpenAPI document. */
export const PAGE_PARAMETERS: readonly {
  readonly name: string
  readonly in: 'query'
  readonly required: false
  readonly schema: object
}[] = [
  { name: 'page', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 1_000_000 } },
  { name: 'per_page', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: MAX_PER_PAGE } },
]
