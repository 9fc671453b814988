import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { PageFiles } from '../src/web/page-files.ts'
import { answered, ask, serveWeb } from './web.ts'

function page(): string {
  const folder = folderWith({
    'index.html': '<p>here',
    'app.js': 'plain()',
    'app.js.gz': 'GZ',
    'app.js.br': 'BR',
    'notes.txt': 'no',
  })
  mkdirSync(join(folder, 'deep'))
  writeFileSync(join(folder, 'deep/a.css'), 'p{}')
  symlinkSync('/etc/hostname', join(folder, 'link.js'))
  return folder
}

describe('the files of the page', () => {
  it('are served as they lie there, in the encoding that the client takes', async () => {
    const server = await serveWeb({ page: new PageFiles(page()) })
    const sent = async (path: string, encoding: string) => {
      const told = await answered(
        server.port,
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: ${encoding}\r\nConnection: close\r\n\r\n`,
      )
      return [/content-encoding: (\w+)/.exec(told)?.[1], told.split('\r\n\r\n')[1]]
    }
    expect(await sent('/app.js', 'gzip, br')).toEqual(['br', 'BR'])
    expect(await sent('/app.js', 'br;q=0, gzip;q=0.5')).toEqual(['gzip', 'GZ'])
    expect(await sent('/app.js', 'identity')).toEqual([undefined, 'plain()'])
    expect(await sent('/', 'br')).toEqual([undefined, '<p>here'])
  })

  it('run nothing but themselves, in nobody else’s frame', async () => {
    const server = await serveWeb({ page: new PageFiles(page()) })
    const { headers } = await ask(server, '/', {})
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self';")
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })

  it('are not sent again to who has them', async () => {
    const server = await serveWeb({ page: new PageFiles(page()) })
    const etag = (await ask(server, '/deep/a.css', {})).headers.get('etag') ?? ''
    expect((await ask(server, '/deep/a.css', { 'if-none-match': etag })).status).toBe(304)
  })

  it.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2f..%2fetc/passwd',
    '/deep/../../index.html',
    '//etc/passwd',
    '/app.js.gz',
    '/notes.txt',
    '/link.js',
    '/index.html%00.js',
    '/constructor',
    '/__proto__',
  ])('are all that is there: not %s', async (path) => {
    const server = await serveWeb({ page: new PageFiles(page()) })
    const told = await answered(server.port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)
    expect(told).toMatch(/^HTTP\/1\.1 404 /)
  })

  it('are not changed by anybody', async () => {
    const server = await serveWeb({ page: new PageFiles(page()) })
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await ask(server, '/index.html', {}, method)).status).toBe(405)
    expect((await ask(server, '/index.html', {}, 'HEAD')).status).toBe(200)
  })
})

describe('the page about the routes', () => {
  it('has every route, and nothing in it runs', async () => {
    const server = await serveWeb()
    const response = await ask(server, '/api/docs', {})
    const html = await response.text()
    expect(html).toContain('<b>POST</b> /api/v1/echo/{name}')
    expect(html).not.toMatch(/<script|style=| on\w+=/)
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'")
    expect((await ask(server, '/api/docs.css', {})).headers.get('content-type')).toContain('text/css')
  })
})
