import type { Verb } from '../verbs/verb.ts'
import { version } from '../version.ts'
import { BASE } from './base.ts'
import { fieldsOf, jsonSchema } from './json-schema.ts'
import { isPaged, PAGE_PARAMETERS } from './page.ts'
import { isInQuery } from './request-fields.ts'

/** The OpenAPI document as a page for people; a route each, with what it takes and gives. Nothing in it runs. */
export function routesPage(verbs: readonly Verb[]): string {
  const rows = verbs.map(routeHtml).join('\n')
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API of Infrarust</title>
<link rel="stylesheet" href="docs.css">
<h1>API of Infrarust ${escaped(version())}</h1>
<p>For machines: <a href="v1/openapi.json">openapi.json</a>. Send <code>Authorization: Bearer …</code> with the key of <code>[web]</code>.</p>
${rows}
</html>
`
}

function routeHtml(verb: Verb): string {
  const { method, path, summary, name } = verb
  const shown = BASE + path.replaceAll(/:(\w+)/g, '{$1}')
  const key = verb.access === 'public' ? 'no key' : method === 'GET' ? 'read_key or api_key' : 'api_key'
  const answer = JSON.stringify(jsonSchema(verb.result), undefined, 2)
  return `<details id="${escaped(name)}">
<summary><code><b>${method}</b> ${escaped(shown)}</code> <span>${escaped(summary)}</span></summary>
<p>Needs ${key}.</p>
${fieldsHtml(verb)}
<h2>${verb.answer === 'stream' ? 'Each event' : 'data'}</h2>
<pre>${escaped(answer)}</pre>
</details>`
}

function fieldsHtml(verb: Verb): string {
  const inPath = new Set([...verb.path.matchAll(/:(\w+)/g)].map(([, field]) => field))
  const rows = fieldsOf(verb.request).map(({ name, isRequired, schema }) => {
    const place = inPath.has(name) ? 'path' : isInQuery(verb) ? 'query' : 'body'
    const { description, ...rest } = schema
    return rowHtml([name, place, isRequired ? 'required' : '', JSON.stringify(rest), String(description ?? '')])
  })
  const pages = isPaged(verb)
    ? PAGE_PARAMETERS.map(({ name, schema }) => rowHtml([name, 'query', '', JSON.stringify(schema), 'Of a list.']))
    : []
  const all = [...rows, ...pages]
  return all.length === 0 ? '' : `<table>${all.join('')}</table>`
}

function rowHtml(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Of that page, light and dark. */
export const ROUTES_STYLE = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 0 auto; max-width: 60rem; padding: 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1rem; margin: .5rem 0 }
details { border-top: 1px solid #8886; padding: .4rem 0 }
summary { cursor: pointer } summary span { opacity: .8 }
pre, code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere }
pre { overflow: auto; max-height: 24rem; padding: .5rem; background: #8882 }
table { border-collapse: collapse; width: 100% } td { padding: .2rem .5rem; border: 1px solid #8884; vertical-align: top; overflow-wrap: anywhere }
`
