import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { Verb } from '../verbs/verb.ts'
import { VerbError, verbError } from '../verbs/verb-error.ts'
import { BASE } from './base.ts'
import { jsonLines } from './body.ts'
import type { Api, Given } from './given.ts'
import { openApi } from './openapi.ts'
import { isPaged, paged, readPage } from './page.ts'
import { refusal } from './refusal.ts'
import { readFields, refusalText } from './request-fields.ts'
import { type SentEvent, sseBytes } from './sse.ts'

type Asked = Context<{ Bindings: Given }>

/** The routes of these verbs, and of the document about them. */
export function apiOf<Needs>(verbs: readonly Verb<Needs>[], proxy: Needs): Api {
  const app = new Hono<{ Bindings: Given }>({ getPath: (_, options) => options?.env?.path ?? '' })
  for (const verb of verbs) app.on(verb.method, BASE + verb.path, (context) => answer(verb, proxy, context))
  app.get(`${BASE}/openapi.json`, (context) => context.json(openApi(verbs)))
  for (const [path, methods] of methodsByPath(verbs))
    app.all(BASE + path, () => {
      const allow = methods.join(', ')
      return refusal(new VerbError('method_not_allowed', `this method is not for this path; it takes ${allow}`), {
        allow,
      })
    })
  app.notFound(() => refusal(new VerbError('not_found', `there is nothing on this path; ${BASE}/openapi.json has all`)))
  app.onError((error) => refusal(verbError(error)))
  return (request, given) => app.fetch(request, given)
}

function methodsByPath(verbs: readonly Verb<never>[]): ReadonlyMap<string, readonly string[]> {
  return new Map([
    ['/openapi.json', withHead(['GET'])],
    ...[...Map.groupBy(verbs, ({ path }) => path)].map(
      ([path, those]) => [path, withHead(those.map(({ method }) => method))] as const,
    ),
  ])
}

/** What has a GET has a HEAD. */
function withHead(methods: readonly string[]): readonly string[] {
  return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}

async function answer<Needs>(verb: Verb<Needs>, proxy: Needs, context: Asked): Promise<Response> {
  const { body, signal, client, isReadOnly = false } = context.env
  const fields = await readFields(verb, context.req.param(), context.env)
  const { page, rest } = isPaged(verb) ? readPage(fields) : { page: undefined, rest: fields }
  const parsed = v.safeParse(verb.request, rest)
  if (!parsed.success) throw new VerbError('bad_request', refusalText(parsed.issues))
  const call = { signal, lines: jsonLines(body), isFromNetwork: client !== undefined, isReadOnly }
  if (verb.answer === 'stream') {
    const bytes = sentEvents(verb.run(proxy, parsed.output, call))
    return new Response(ReadableStream.from(bytes), { headers: { 'content-type': 'text/event-stream' } })
  }
  const data: unknown = await verb.run(proxy, parsed.output, call)
  return Response.json(Array.isArray(data) ? paged(data, page) : { data }, { status: verb.status ?? 200 })
}

/** A stream that breaks off without an `end` or an `error` was lost on the way. */
async function* sentEvents(events: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const data of events) yield sseBytes({ kind: 'data', data })
    yield sseBytes({ kind: 'end' })
  } catch (error) {
    const { code, message } = verbError(error)
    yield sseBytes({ kind: 'error', code, message } satisfies SentEvent)
  }
}
