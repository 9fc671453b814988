import { readFile } from 'node:fs/promises'
import { createRequire, findPackageJSON } from 'node:module'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Provider } from './contract.ts'
import { placeOfSyntaxError } from './syntax-place.ts'
import { thrownFirstLine } from './thrown.ts'

/** What a provider's module exports, as default or under the name `provider`. */
export type ProviderFactory = (
  options: Readonly<Record<string, unknown>>,
  context: ProviderContext,
) => Provider | Promise<Provider>

/** What a provider of the operator's own is told besides its options. */
export interface ProviderContext {
  /** The folder of `infrarust.toml`: relative paths in the options are meant from there. */
  readonly baseDir: string
}

/** A provider of the operator's own, or why it cannot be loaded. */
export type LoadedProvider =
  | { readonly kind: 'provider'; readonly provider: Provider }
  /** `message` is one line for the operator, and names the module. */
  | { readonly kind: 'failed'; readonly message: string }

/**
 * Loads a provider that is not part of this program. A module is loaded once in the life of the process: its options are
 * live, its code is not.
 *
 * @param specifier a path (`./http-provider.ts`, absolute, or a `file:` URL) or the name of an installed package
 * @param options   its own table of `infrarust.toml`; the module checks it
 * @param baseDir   where relative paths begin and where packages are looked for first, then beside this program
 */
export async function loadProvider(
  specifier: string,
  options: Readonly<Record<string, unknown>>,
  baseDir: string,
): Promise<LoadedProvider> {
  const fail = (what: string): LoadedProvider => ({ kind: 'failed', message: `provider "${specifier}" ${what}` })
  let module: unknown
  let url: string | undefined
  try {
    url = await moduleUrl(specifier, baseDir)
    module = await import(url)
  } catch (cause) {
    const place = url === undefined ? undefined : await placeOfSyntaxError(cause, url)
    return fail(`cannot be loaded: ${place === undefined ? '' : `${place}: `}${whyNot(cause)}`)
  }
  const factory = factoryOf(module)
  if (factory === undefined)
    return fail('exports no function: export default (options) => ({ name, start }), or one named "provider"')
  try {
    const provider = await factory(options, { baseDir })
    return isProvider(provider) ? { kind: 'provider', provider } : fail('made something without "name" and "start"')
  } catch (cause) {
    return fail(`refuses its options: ${whyNot(cause)}`)
  }
}

async function moduleUrl(specifier: string, baseDir: string): Promise<string> {
  if (specifier.startsWith('file:')) return specifier
  if (/^(\.{0,2}[/\\]|\.{1,2}$|[a-z]:\\)/i.test(specifier)) return pathToFileURL(resolve(baseDir, specifier)).href
  const beside = pathToFileURL(resolve(baseDir, 'infrarust.toml')).href
  try {
    return pathToFileURL(createRequire(beside).resolve(specifier)).href
  } catch (cause) {
    if (codeOf(cause) === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return await importEntry(specifier, beside)
    if (codeOf(cause) === 'MODULE_NOT_FOUND') return import.meta.resolve(specifier)
    throw cause
  }
}

/** The main entry of a package that exports itself to `import` alone, which `require.resolve` does not see. */
async function importEntry(specifier: string, beside: string): Promise<string> {
  const manifestPath = findPackageJSON(specifier, beside)
  const manifest: unknown = manifestPath === undefined ? undefined : JSON.parse(await readFile(manifestPath, 'utf8'))
  const exported = isRecord(manifest) ? manifest.exports : undefined
  const entry = entryOf(isRecord(exported) && '.' in exported ? exported['.'] : exported)
  if (manifestPath === undefined || entry === undefined) throw new Error('its package.json exports no main entry')
  return pathToFileURL(resolve(dirname(manifestPath), entry)).href
}

function entryOf(target: unknown): string | undefined {
  if (typeof target === 'string') return target
  if (!isRecord(target)) return undefined
  for (const [condition, inner] of Object.entries(target))
    if (['node', 'import', 'default'].includes(condition)) return entryOf(inner)
  return undefined
}

function factoryOf(module: unknown): ((...given: unknown[]) => unknown) | undefined {
  if (!isRecord(module)) return undefined
  return [module.default, module.provider].find((exported) => isFunction(exported))
}

function isProvider(made: unknown): made is Provider {
  return isRecord(made) && typeof made.name === 'string' && made.name !== '' && typeof made.start === 'function'
}

function isFunction(seen: unknown): seen is (...given: unknown[]) => unknown {
  return typeof seen === 'function'
}

function isRecord(seen: unknown): seen is Record<string, unknown> {
  return typeof seen === 'object' && seen !== null
}

function codeOf(cause: unknown): unknown {
  return isRecord(cause) ? cause.code : undefined
}

/** Without the file that imported it, which is this one. */
function whyNot(cause: unknown): string {
  return thrownFirstLine(cause).replace(/ imported from .*/, '')
}
