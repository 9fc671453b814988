/**
 * Makes the folder that is served out of what `tsc` has written: the modules as they are, with the library beside them under
 * a path of its own (a browser knows no names of packages), and each file compressed. Nothing is bundled: what a browser runs
 * can be read there line by line.
 */
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join, relative } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const source = join(import.meta.dirname, 'src/page')
const modules = join(import.meta.dirname, 'dist/modules')
const page = join(import.meta.dirname, 'dist/page')

/** Name of the package → its file in the page. */
const LIBRARY = {
  preact: 'library/preact.js',
  'preact/hooks': 'library/preact-hooks.js',
  'preact/jsx-runtime': 'library/preact-jsx-runtime.js',
}

rmSync(page, { recursive: true, force: true })
mkdirSync(join(page, 'library'), { recursive: true })

const { resolve } = createRequire(import.meta.url)
for (const [name, file] of Object.entries(LIBRARY)) write(file, readFileSync(resolve(name), 'utf8'))
const own = globSync('**/*.js', { cwd: modules }).sort()
for (const file of own) write(file, readFileSync(join(modules, file), 'utf8'))

for (const file of ['style.css', 'icon.svg']) cpSync(join(source, file), join(page, file))
// Else a browser learns of each module only from the one that imports it, one trip after the other.
const preloads = [...Object.values(LIBRARY), ...own].map((file) => `<link rel="modulepreload" href="${file}">`)
const html = readFileSync(join(source, 'index.html'), 'utf8').replace('<!-- modules -->', preloads.join('\n'))
writeFileSync(join(page, 'index.html'), html)

for (const file of globSync('**/*.{html,css,js,svg}', { cwd: page })) {
  const bytes = readFileSync(join(page, file))
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  writeFileSync(join(page, `${file}.br`), brotliCompressSync(bytes, { params }))
  writeFileSync(join(page, `${file}.gz`), gzipSync(bytes, { level: 9 }))
}

/** With the names of packages as relative paths, and without the comment that names a source map. */
function write(file, text) {
  const withPaths = text
    .replaceAll(/(\bfrom ?|\bimport ?)(["'])([\w@][^"'\n]*)\2/g, (_, word, quote, name) => {
      const target = LIBRARY[name]
      if (target === undefined) throw new Error(`${file} imports ${name}, which is not in LIBRARY of build.mjs`)
      const path = relative(dirname(file), target)
      return `${word}${quote}${path.startsWith('.') ? path : `./${path}`}${quote}`
    })
    .replaceAll(/^\/\/# sourceMappingURL=.*$/gm, '')
  const path = join(page, `${file.slice(0, -extname(file).length)}.js`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, withPaths)
}
