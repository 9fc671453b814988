import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { arch, env, platform, report } from 'node:process'
import { type Binding, isBinding } from './binding.ts'

/** Whether the native transport can be used here, and if not, why: one line for the operator. */
export type NativeAvailability =
  | { readonly kind: 'available'; readonly binding: Binding }
  | { readonly kind: 'unavailable'; readonly reason: string }

let found: NativeAvailability | undefined

/** Looks for the addon: one that was built here first, then one that came with the package. Looks once. */
export function loadNative(): NativeAvailability {
  found ??= load()
  return found
}

function load(): NativeAvailability {
  if (platform !== 'linux') return unavailable(`it is for Linux, this is ${platform}`)
  const packageDir = dirname(import.meta.dirname)
  const file = join(`${platform}-${arch}`, `node.napi.${libc()}.node`)
  // A sanitizer build is named by its folder; see `native/sanitize.mjs`.
  const sanitizeDir = env.INFRARUST_NATIVE_DIR
  const candidates = [join(packageDir, 'build', file), join(packageDir, 'prebuilds', file)]
  if (sanitizeDir !== undefined) candidates.unshift(join(sanitizeDir, `node.napi.${libc()}.node`))
  const path = candidates.find((candidate) => existsSync(candidate))
  if (path === undefined)
    return unavailable(`no build for ${platform}-${arch} (${libc()}); it is built where a C++ compiler is found`)
  try {
    const exports: unknown = createRequire(import.meta.url)(path)
    return isBinding(exports) ? { kind: 'available', binding: exports } : unavailable(`${path} is of another version`)
  } catch (error) {
    return unavailable(error instanceof Error ? error.message : String(error))
  }
}

function unavailable(reason: string): NativeAvailability {
  return { kind: 'unavailable', reason }
}

/** The C library that this Node is linked against: addons for one do not load under the other. */
function libc(): 'glibc' | 'musl' {
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return header?.glibcVersionRuntime === undefined ? 'musl' : 'glibc'
}
