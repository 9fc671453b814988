import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { PAGE_FOLDER } from '../src/index.ts'

/** The folder that is built. */
const PAGE = PAGE_FOLDER.replace(/src(?=.page$)/, 'dist')
const FILES = globSync('**/*.{html,css,js,svg}', { cwd: PAGE }).sort()
/** On a slow line from a phone it is there in a second. */
const BUDGET_BYTES = 150_000

describe('the files of the page', () => {
  it('are under their budget, all together', () => {
    expect(FILES.length).toBeGreaterThan(10)
    for (const ending of ['br', 'gz']) {
      const bytes = FILES.reduce((sum, file) => sum + statSync(join(PAGE, `${file}.${ending}`)).size, 0)
      expect(bytes).toBeLessThan(BUDGET_BYTES)
    }
  })
  it('lie there compressed as they are', () => {
    for (const file of FILES) {
      const bytes = readFileSync(join(PAGE, file))
      expect(brotliDecompressSync(readFileSync(join(PAGE, `${file}.br`))).equals(bytes)).toBe(true)
      expect(gunzipSync(readFileSync(join(PAGE, `${file}.gz`))).equals(bytes)).toBe(true)
    }
  })
  it('import each other by path, and only what is there', () => {
    for (const file of FILES.filter((each) => each.endsWith('.js'))) {
      const text = readFileSync(join(PAGE, file), 'utf8')
      for (const [, path = ''] of text.matchAll(/\bfrom ?["']([^"']+)["']/g)) {
        expect(path).toMatch(/^\.\.?\//)
        expect(FILES).toContain(join(file, '..', path))
      }
    }
  })
  it('fetch nothing from elsewhere, and have no script or style in a line', () => {
    const html = readFileSync(join(PAGE, 'index.html'), 'utf8')
    expect(html).not.toMatch(/https?:|style=|\son\w+=|<style|<script>/)
    for (const [, path = ''] of html.matchAll(/(?:href|src)="([^"]+)"/g)) expect(FILES).toContain(path)
    expect(readFileSync(join(PAGE, 'style.css'), 'utf8')).not.toMatch(/url\(|@import/)
  })
  // What comes from outside is a text node, whatever is in it: nothing here turns a string into elements or code.
  it('never make elements or code of a string', () => {
    const own = FILES.filter((file) => file.endsWith('.js') && !file.startsWith('library'))
    for (const file of own)
      expect(readFileSync(join(PAGE, file), 'utf8')).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySet|\beval\b|new Function|javascript:/,
      )
  })
})
