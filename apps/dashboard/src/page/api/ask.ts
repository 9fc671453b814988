import { ApiError, checked } from './api-error.ts'
import { keptKey } from './key.ts'

const BASE = '/api/v1'

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/**
 * Asks the proxy, with the key of this tab.
 *
 * @returns `data` of its answer
 * @throws {ApiError} `unreachable` where nobody answers, else what the answer says
 */
export async function ask<Data>(path: string, question: Question = {}): Promise<Data> {
  const said: { data: Data } = await (await send(path, question)).json()
  return said.data
}

/** The same, and the answer as it comes. */
export async function send(path: string, { method = 'GET', query, body, signal }: Question): Promise<Response> {
  const key = keptKey()
  const init: RequestInit = {
    method,
    cache: 'no-store',
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  }
  return checked(await fetch(BASE + path + queryText(query), init).catch(unreachable))
}

function queryText(query: Question['query']): string {
  const written = Object.entries(query ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return written.length === 0 ? '' : `?${new URLSearchParams(written)}`
}

function unreachable(error: unknown): never {
  if (error instanceof DOMException && error.name === 'AbortError') throw error
  throw new ApiError('unreachable', 'the proxy does not answer')
}
