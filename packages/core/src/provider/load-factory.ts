import { readFile } from 'node:fs/promises'
import { createRequire, findPackageJSON } from 'node:module'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { placeOfSyntaxError } from './syntax-place.ts'
import { thrownFirstLine } from './thrown.ts'

/** The function that a module exports, or why there is none. */
export type LoadedFactory =
  | { readonly kind: 'factory'; readonly make: (...given: unknown[]) => unknown }
  /** `message` is one line for the operator, which continues the name of the module. */
  | { readonly kind: 'failed'; readonly message: string }

/** Whether this is written as the path of a module: `./power.mjs`, absolute, or a `file:` URL. */
export function isModulePath(specifier: string): boolean {
  return specifier.startsWith('file:') || /^(\.{0,2}[/\\]|\.{1,2}$|[a-z]:\\)/i.test(specifier)
}

/**
 * Loads the function of a module that is not part of this program. A module is loaded once in the life of the process; one
 * that could not be found is looked for again.
 *
 * @param specifier a path (`./http-provider.ts`, absolute, or a `file:` URL) or the name of an installed package
 * @param baseDir   where relative paths begin and where packages are looked for first, then beside this program
 * @param exported  what the function may be called where it is not the default, and what is to be written
 */
export async function loadFactory(
  specifier: string,
  baseDir: string,
  exported: { readonly name: string; readonly example: string },
): Promise<LoadedFactory> {
  let module: unknown
  let url: string | undefined
  try {
    url = await moduleUrl(specifier, baseDir)
    module = await import(url)
  } catch (cause) {
    const place = url === undefined ? undefined : await placeOfSyntaxError(cause, url)
    const message = `cannot be loaded: ${place === undefined ? '' : `${place}: `}${whyNotLoaded(cause)}`
    return { kind: 'failed', message }
  }
  const { name, example } = exported
  const make = isRecord(module) ? [module.default, module[name]].find(isFunction) : undefined
  if (make !== undefined) return { kind: 'factory', make }
  return { kind: 'failed', message: `exports no function: export default ${example}, or one named "${name}"` }
}

/** What somebody else's code has thrown while it was loaded, in one line, without the file that imported it: that is ours. */
export function whyNotLoaded(cause: unknown): string {
  return thrownFirstLine(cause).replace(/ imported from .*/, '')
}

async function moduleUrl(specifier: string, baseDir: string): Promise<string> {
  if (specifier.startsWith('file:')) return specifier
  if (isModulePath(specifier)) return pathToFileURL(resolve(baseDir, specifier)).href
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

function isFunction(seen: unknown): seen is (...given: unknown[]) => unknown {
  return typeof seen === 'function'
}

function isRecord(seen: unknown): seen is Record<string, unknown> {
  return typeof seen === 'object' && seen !== null
}

function codeOf(cause: unknown): unknown {
  return isRecord(cause) ? cause.code : undefined
}
