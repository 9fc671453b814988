import { readFileSync } from 'node:fs'
import { variableName } from '@infrarust/config-file'
import { gatewayKeys } from '@infrarust/core'
import { serverKeys } from '@infrarust/core/provider'
import { PROGRAM_KEYS } from '../src/program-keys.ts'
import { jsonSchema } from './json-schema.ts'
import { withReference } from './reference-page.ts'

const DOCS = new URL('../../../docs/', import.meta.url)

/** Every file that the key tables write, as it should be now. */
export function referenceFiles(): readonly { readonly url: URL; readonly content: string }[] {
  const infrarustToml = gatewayKeys(PROGRAM_KEYS)
  return [
    schemaFile('infrarust.schema.json', jsonSchema(infrarustToml, 'infrarust.toml')),
    schemaFile('server.schema.json', jsonSchema(serverKeys, 'A server of Infrarust: servers/*.toml')),
    pageFile('configuration.md', (page) => withReference(page, infrarustToml, variableName)),
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
