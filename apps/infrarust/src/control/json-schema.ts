/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>

interface Field {
  readonly name: string
  readonly isRequired: boolean
  readonly schema: JsonSchema
}

/** The fields of an object schema, in its order. */
export function fieldsOf(schema: unknown): readonly Field[] {
  return Object.entries(partOf(schema, 'entries')).map(([name, entry]) => ({
    name,
    isRequired: !OPTIONAL.includes(typeOf(entry)),
    schema: jsonSchema(entry),
  }))
}

const OPTIONAL = ['optional', 'exact_optional', 'nullish']

/**
 * A schema of Valibot as JSON Schema: of those kinds that the verbs are written with. A library for all kinds is larger than
 * Valibot itself.
 *
 * @throws {TypeError} for a kind that it does not know
 */
export function jsonSchema(schema: unknown): JsonSchema {
  const { pipe } = isRecord(schema) ? schema : {}
  const checks = Array.isArray(pipe) ? pipe.slice(1) : []
  return Object.assign({ ...plain(schema) }, ...checks.map(checkJson))
}

function plain(schema: unknown): JsonSchema {
  const type = typeOf(schema)
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return { type }
    case 'unknown':
      return {}
    case 'literal':
      return { const: read(schema, 'literal') }
    case 'picklist':
      return { type: 'string', enum: read(schema, 'options') }
    case 'array':
      return { type: 'array', items: jsonSchema(read(schema, 'item')) }
    case 'record':
      return { type: 'object', additionalProperties: jsonSchema(read(schema, 'value')) }
    case 'optional':
    case 'exact_optional':
      return jsonSchema(read(schema, 'wrapped'))
    case 'nullable':
    case 'nullish':
      return { anyOf: [jsonSchema(read(schema, 'wrapped')), { type: 'null' }] }
    case 'variant':
    case 'union':
      return { anyOf: Object.values(partOf(schema, 'options')).map(jsonSchema) }
    case 'object':
    case 'strict_object':
      return objectJson(schema)
    default:
      throw new TypeError(`no JSON Schema is known for ${type}`)
  }
}

function objectJson(schema: unknown): JsonSchema {
  const fields = fieldsOf(schema)
  const required = fields.filter(({ isRequired }) => isRequired).map(({ name }) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, field.schema])),
    ...(required.length > 0 && { required }),
  }
}

/** What is said of a value beside its type; how it is changed afterwards is nothing for who sends it. */
function checkJson(check: unknown): JsonSchema {
  const requirement = read(check, 'requirement')
  switch (typeOf(check)) {
    case 'description':
      return { description: read(check, 'description') }
    case 'picklist':
      return { enum: read(check, 'options') }
    case 'integer':
      return { type: 'integer' }
    case 'min_value':
      return { minimum: requirement }
    case 'max_value':
      return { maximum: requirement }
    case 'min_length':
      return { minLength: requirement }
    case 'max_length':
      return { maxLength: requirement }
    default:
      return {}
  }
}

function typeOf(schema: unknown): string {
  return String(read(schema, 'type'))
}

function partOf(schema: unknown, name: string): object {
  const part = read(schema, name)
  return typeof part === 'object' && part !== null ? part : {}
}

function read(schema: unknown, name: string): unknown {
  return isRecord(schema) ? schema[name] : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
