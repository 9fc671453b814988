import type { JsonSchema, KeyRow, KeyTable } from '@infrarust/core/provider'

/** A text such as `"${PORT}"`, which is replaced before it is read as what the key wants. */
const REFERENCE = { type: 'string', pattern: '\\$\\{' }

interface Described extends JsonSchema {
  readonly description: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly deprecated?: true
}

/** The JSON Schema of a key table: what an editor completes, explains and underlines. */
export function jsonSchema(table: KeyTable<unknown>, title: string): object {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...objectSchema(table) }
}

function objectSchema(table: KeyTable<unknown>): JsonSchema {
  const properties = {
    ...Object.fromEntries(table.rows.map(([, row]) => [row.name, rowSchema(row)])),
    ...Object.fromEntries(Object.entries(table.withoutEffect).map(([name, why]) => [name, withoutEffect(why)])),
  }
  return { type: 'object', properties, additionalProperties: false }
}

/** Editors strike it through. */
function withoutEffect(why: string): Described {
  return { description: `No effect here: ${why}.`, deprecated: true }
}

/** What takes any text takes a reference, too. */
function orReference(schema: JsonSchema): JsonSchema {
  if (schema.type === 'string' && schema.pattern === undefined) return schema
  if (schema.type === 'object') return schema
  const inner = schema.items === undefined ? schema : { ...schema, items: orReference(schema.items) }
  return { anyOf: [...(inner.anyOf ?? [inner]), REFERENCE] }
}

function rowSchema(row: KeyRow): Described {
  const { description } = row
  switch (row.kind) {
    case 'key': {
      const facts = row.default === undefined ? {} : { default: row.default }
      return { description, ...orReference(row.type.schema), ...facts, examples: [row.example] }
    }
    case 'table':
      if (row.short !== undefined) return { description, anyOf: [row.short.type.schema, objectSchema(row.table)] }
      return { description, ...objectSchema(row.table) }
    case 'tables':
      return { description, type: 'array', items: objectSchema(row.table) }
  }
}
