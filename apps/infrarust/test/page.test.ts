import { describe, expect, it } from 'vitest'
import { paged, readPage } from '../src/control/page.ts'

const LIST = ['a', 'b', 'c', 'd', 'e']

describe('a list', () => {
  it('comes whole where no page is asked for', () => {
    expect(paged(LIST, undefined)).toEqual({
      data: LIST,
      meta: { total: 5, page: 1, per_page: 5, total_pages: 1 },
    })
    // Whoever divides by the length of a page gets a number.
    expect(paged([], undefined)).toEqual({ data: [], meta: { total: 0, page: 1, per_page: 1, total_pages: 1 } })
  })

  it.each([
    [{ per_page: '2' }, ['a', 'b'], { page: 1, per_page: 2, total_pages: 3 }],
    [{ page: '3', per_page: '2' }, ['e'], { page: 3, per_page: 2, total_pages: 3 }],
    [{ page: '4', per_page: '2' }, [], { page: 4, per_page: 2, total_pages: 3 }],
    [{ page: '1' }, LIST, { page: 1, per_page: 100, total_pages: 1 }],
  ])('comes in pages: %j', (fields, data, meta) => {
    const { page, rest } = readPage({ ...fields, server: 'a' })
    expect(rest).toEqual({ server: 'a' })
    expect(paged(LIST, page)).toEqual({ data, meta: { total: 5, ...meta } })
  })

  it.each([
    [{ page: '0' }, 'page: begins with 1'],
    [{ page: '-1' }, 'page: write a whole number'],
    [{ page: 'x' }, 'page: write a whole number'],
    [{ page: '' }, 'page: write a whole number'],
    [{ per_page: '0' }, 'per_page: begins with 1'],
    [{ per_page: '101' }, 'per_page: is 100 at most'],
  ])('has no page %j', (fields, why) => {
    expect(() => readPage(fields)).toThrow(why)
  })
})
