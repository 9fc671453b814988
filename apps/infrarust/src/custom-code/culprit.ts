import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isModulePath, thrownStack } from '@infrarust/core/provider'
import { BAN_STORES } from '../ban/ban-stores.ts'
import { BUILT_IN_PROVIDERS } from '../built-in-providers.ts'
import { customCodeRunning } from '../custom-code/context.ts'

/** Code that the configuration names, and that runs in this process. */
export interface CustomCode {
  /** What it is, for people. */
  readonly kind: 'provider' | 'server manager'
  /** What `infrarust.toml` calls it. */
  readonly use: string
  /** What stands in the frames of its module. */
  readonly place: string
}

/** @param baseDir the folder of `infrarust.toml` */
export function customCodeFor(use: string, baseDir: string, kind: CustomCode['kind'] = 'provider'): CustomCode {
  if (!isModulePath(use)) return { kind, use, place: `/node_modules/${use}/` }
  return { kind, use, place: use.startsWith('file:') ? fileURLToPath(use) : resolve(baseDir, use) }
}

export type Culprit =
  | { readonly kind: 'ours' }
  /** `uses`: the one it is, or all that it may be. `frame`: where in code that is not ours, as far as that is known. */
  | { readonly kind: 'custom'; readonly uses: readonly string[]; readonly frame: string | undefined }

/**
 * Whose mistake it is that something was thrown where nobody catches it. Called where that is noticed.
 *
 * A callback of a provider's is known by its context. Without one the frames tell; a text, an object or an error of a
 * stream has none of ours, and where strangers run it is not ours then.
 */
export function culpritOf(thrown: unknown, customCode: readonly CustomCode[]): Culprit {
  const frames = framesOf(thrownStack(thrown))
  const frame = frames.find((each) => !isOurs(each))
  const running = customCodeRunning()
  if (running !== undefined) return { kind: 'custom', uses: [running], frame }
  if (customCode.length === 0) return { kind: 'ours' }
  for (const each of frames) {
    const owner = customCode.find(({ place }) => holds(each, place))
    if (owner !== undefined) return { kind: 'custom', uses: [owner.use], frame }
    if (isOurs(each)) return { kind: 'ours' }
  }
  return { kind: 'custom', uses: customCode.map(({ use }) => use), frame }
}

/** `at poll (file:///etc/infrarust/panel.mjs:12:9)`; those in Node's own functions are left out. */
function framesOf(stack: string): readonly string[] {
  const lines = stack.split('\n').map((line) => line.trim())
  return lines.filter((line) => line.startsWith('at ') && !/\(?node:[\w/]+:\d+/.test(line))
}

function isOurs(frame: string): boolean {
  return OUR_FOLDERS.some((folder) => holds(frame, folder))
}

/** Modules are named by their URL, those of CommonJS by their path. */
function holds(frame: string, place: string): boolean {
  return frame.includes(place) || frame.includes(pathToFileURL(place).pathname)
}

/** Where this program is installed: its own files, and those of its packages. */
const OUR_FOLDERS: readonly string[] = [
  new URL('..', import.meta.url).href,
  ...[
    '@infrarust/config-file',
    '@infrarust/core',
    '@infrarust/docker-engine',
    '@infrarust/minecraft',
    '@infrarust/proxy-protocol',
    '@infrarust/server-manager',
    '@infrarust/transport-native',
  ].map((name) => new URL('.', import.meta.resolve(name)).href),
  ...[...BUILT_IN_PROVIDERS, ...BAN_STORES].map(({ codeFolder }) => codeFolder),
].map((url) => fileURLToPath(url))
