import { mkdirSync, writeFileSync } from 'node:fs'
import { referenceFiles } from './reference-files.ts'

for (const { url, content } of referenceFiles()) {
  mkdirSync(new URL('.', url), { recursive: true })
  writeFileSync(url, content)
}
