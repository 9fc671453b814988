import { readFileSync } from 'node:fs'
import { gatewayKeys } from '@infrarust/core'
import { serverKeys } from '@infrarust/core/provider'
import { jsonSchema } from './json-schema.ts'
import { withReference } from './reference-page.ts'

const DOCS = new URL('../../../docs/', import.meta.url)

/** Every file that the key tables write, as it should be now. */
export function referenceFiles(): readonly { readonly url: URL; readonly content: string }[] {
  return [
    schemaFile('infrarust.schema.json', jsonSchema(gatewayKeys, 'infrarust.toml')),
    schemaFile('server.schema.json', jsonSchema(serverKeys, 'A server of Infrarust: servers/*.toml')),
    pageFile('configuration.md', (page) => withReference(page, gatewayKeys)),
    pageFile('servers.md', (page) => withReference(page, serverKeys)),
  ]
}

function schemaFile(name: string, schema: object): { readonly url: URL; readonly content: string } {
  return { url: new URL(`schema/${name}`, DOCS), content: `${JSON.stringify(schema, null, 2)}\n` }
}

function pageFile(name: string, rewrite: (page: string) => string): { readonly url: URL; readonly content: string } {
  const url = new URL(name, DOCS)
  return { url, content: rewrite(readFileSync(url, 'utf8')) }
}
