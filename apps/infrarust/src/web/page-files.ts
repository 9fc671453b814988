import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
}

/** Nothing but the page's own files runs in it, and it is shown in nobody's frame. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  // Its name stays when its content changes.
  'cache-control': 'no-cache',
  vary: 'accept-encoding',
}

/** The files of one page, held in memory: what was not there when they were read is not served. */
export class PageFiles {
  readonly #files: ReadonlyMap<string, PageFile>

  /**
   * @param folder with `index.html`; a `.br` or `.gz` beside a file is what it is sent as to who takes that
   * @throws the system's error where it cannot be read
   */
  constructor(folder: string) {
    const names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) =>
        join(parentPath, name).slice(folder.length).replaceAll('\\', '/').replace(/^\/?/, '/'),
      )
    const read = (name: string): Buffer => readFileSync(join(folder, name))
    const optional = (name: string): Buffer | undefined => (names.includes(name) ? read(name) : undefined)
    this.#files = new Map(
      names.flatMap((name) => {
        const type = TYPES[extname(name)]
        if (type === undefined) return []
        const bytes = read(name)
        const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
        return [[name, { type, bytes, etag, br: optional(`${name}.br`), gzip: optional(`${name}.gz`) }]]
      }),
    )
  }

  /** @returns undefined where the page has no such file */
  answer({ method, headers }: Request, path: string): Response | undefined {
    const file = this.#files.get(path === '/' ? '/index.html' : path)
    if (file === undefined) return undefined
    const { type, etag } = file
    const { bytes, encoding } = encoded(file, headers.get('accept-encoding') ?? '')
    const head = {
      ...PAGE_HEADERS,
      etag,
      'content-type': type,
      ...(encoding !== undefined && { 'content-encoding': encoding }),
    }
    if (headers.get('if-none-match')?.includes(etag)) return new Response(null, { status: 304, headers: head })
    const length = { 'content-length': String(bytes.length) }
    return new Response(method === 'HEAD' ? null : new Uint8Array(bytes), { headers: { ...head, ...length } })
  }
}

interface PageFile {
  readonly type: string
  readonly etag: string
  readonly bytes: Buffer
  readonly br: Buffer | undefined
  readonly gzip: Buffer | undefined
}

/** As the client takes it; `;q=0` says that it does not. */
function encoded(
  { bytes, br, gzip }: PageFile,
  accepted: string,
): { readonly bytes: Buffer; readonly encoding?: string } {
  const takes = (name: string): boolean =>
    new RegExp(`(^|,)\\s*${name}\\s*(;\\s*q=(?!0(\\.0*)?\\s*(,|$))[^,]*)?(,|$)`).test(accepted)
  if (br !== undefined && takes('br')) return { bytes: br, encoding: 'br' }
  if (gzip !== undefined && takes('gzip')) return { bytes: gzip, encoding: 'gzip' }
  return { bytes }
}
