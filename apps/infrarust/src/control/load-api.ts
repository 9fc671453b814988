import type { LiveProxy } from '../verbs/live-proxy.ts'
import { loadVerbs } from '../verbs/verbs.ts'
import type { Api, RoutesPage } from './given.ts'

/** The routes of all verbs, for a proxy that runs. What they are made of is imported by this, and not before. */
export async function loadApi(proxy: LiveProxy): Promise<Api> {
  const [{ apiOf }, verbs] = await Promise.all([import('./api.ts'), loadVerbs()])
  return apiOf(verbs, proxy)
}

/** What everybody may ask where the API is on the network: `GET /health`. */
export async function loadPublicRoutes(): Promise<ReadonlySet<string>> {
  const open = (await loadVerbs()).filter(({ access }) => access === 'public')
  return new Set(['GET /openapi.json', ...open.map(({ method, path }) => `${method} ${path}`)])
}

/** What the API says of itself to people: a page, and how it looks. */
export async function loadRoutesPage(): Promise<RoutesPage> {
  const [{ routesPage, ROUTES_STYLE }, verbs] = await Promise.all([import('./routes-page.ts'), loadVerbs()])
  return { html: routesPage(verbs), css: ROUTES_STYLE }
}
