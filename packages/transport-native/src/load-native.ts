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
  found ??= findNative(dirname(import.meta.dirname), platform)
  return found
}

/** The same for a package that lies elsewhere, and for another platform. */
export function findNative(packageDir: string, onPlatform: string): NativeAvailability {
  if (onPlatform !== 'linux') return unavailable(`it is for Linux, this is ${onPlatform}`)
  const name = `node.napi.${libc()}.node`
  const target = `${onPlatform}-${arch}`
  const candidates = [join(packageDir, 'build', target, name), join(packageDir, 'prebuilds', target, name)]
  // A sanitizer build: see `native/sanitize.mjs`.
  if (env.INFRARUST_NATIVE_DIR !== undefined) candidates.unshift(join(env.INFRARUST_NATIVE_DIR, name))
  const path = candidates.find((candidate) => existsSync(candidate))
  if (path === undefined)
    return unavailable(`no build for ${target} with ${libc()}; the build makes one where it finds a C++ compiler`)
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
