import type { Verb } from '../verbs/verb.ts'
import { STATUS_OF, type VerbErrorCode } from '../verbs/verb-error.ts'
import { version } from '../version.ts'
import { BASE } from './base.ts'
import { fieldsOf, type JsonSchema, jsonSchema } from './json-schema.ts'
import { isPaged, META_SCHEMA, PAGE_PARAMETERS } from './page.ts'
import { isInQuery } from './request-fields.ts'

/** What can be asked, as an OpenAPI document. */
export function openApi(verbs: readonly Verb[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const verb of verbs) {
    const path = verb.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [verb.method.toLowerCase()]: operation(verb) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Infrarust', version: version(), description: 'What a running proxy can be asked.' },
    servers: [{ url: BASE }],
    // On the control socket, which only the user of the proxy may open, none is asked for.
    security: [{ key: [] }],
    paths,
    components: {
      schemas: { Error: ERROR },
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'api_key of [web], or read_key for GET.' },
      },
    },
  }
}

function operation(verb: Verb): object {
  const { name, summary } = verb
  const fields = fieldsOf(verb.request)
  const isInPath = (field: string): boolean => verb.path.split('/').includes(`:${field}`)
  const inBody = isInQuery(verb) ? [] : fields.filter((field) => !isInPath(field.name))
  const written = fields
    .filter((field) => !inBody.includes(field))
    .map((field) => ({
      name: field.name,
      in: isInPath(field.name) ? 'path' : 'query',
      required: field.isRequired,
      schema: field.schema,
    }))
  const parameters = isPaged(verb) ? [...written, ...PAGE_PARAMETERS] : written
  const requestBody = bodyOf(verb, inBody)
  return {
    operationId: name,
    summary,
    ...(verb.access === 'public' && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody !== undefined && { requestBody }),
    responses: { [statusOf(verb)]: success(verb), default: refusal() },
  }
}

function bodyOf(verb: Verb, fields: ReturnType<typeof fieldsOf>): object | undefined {
  if (verb.answer === 'data' && verb.takesLines)
    return { required: true, content: { 'application/x-ndjson': { schema: { type: 'object' } } } }
  if (fields.length === 0) return undefined
  const required = fields.filter(({ isRequired }) => isRequired).map((field) => field.name)
  const schema = {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, field.schema])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
  return { required: required.length > 0, content: { 'application/json': { schema } } }
}

function statusOf(verb: Verb): number {
  return verb.answer === 'data' ? (verb.status ?? 200) : 200
}

function success(verb: Verb): object {
  const schema = jsonSchema(verb.result)
  if (verb.answer === 'stream')
    return { description: 'Events, until the client goes.', content: { 'text/event-stream': { schema } } }
  return { description: 'Done.', content: { 'application/json': { schema: envelope(schema) } } }
}

function envelope(data: JsonSchema): JsonSchema {
  if (data.type !== 'array') return { type: 'object', properties: { data }, required: ['data'] }
  return { type: 'object', properties: { data, meta: META_SCHEMA }, required: ['data', 'meta'] }
}

function refusal(): object {
  const schema = { $ref: '#/components/schemas/Error' }
  return { description: 'Why it was not done.', content: { 'application/json': { schema } } }
}

const CODES = Object.keys(STATUS_OF) satisfies string[] as readonly VerbErrorCode[]

const ERROR: JsonSchema = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: { code: { type: 'string', enum: CODES }, message: { type: 'string' } },
      required: ['code', 'message'],
    },
  },
  required: ['error'],
}
