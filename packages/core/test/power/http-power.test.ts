import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import '../../../../docs/examples/http-power.test.ts'

const PAGE = new URL('../../../../docs/add-a-server-manager.md', import.meta.url)

describe('the example of a server manager', () => {
  it.each(['http-power.ts', 'http-power.test.ts'])('stands in the page as it is: %s', (file) => {
    const code = readFileSync(new URL(`../../../../docs/examples/${file}`, import.meta.url), 'utf8')
    expect(readFileSync(PAGE, 'utf8')).toContain(`<!-- examples/${file} -->\n\`\`\`ts\n${code}\`\`\`\n`)
    expect(code.trimEnd().split('\n').length).toBeLessThan(60)
  })
})
