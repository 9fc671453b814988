import { readFileSync, writeFileSync } from 'node:fs'
import { withLabels } from './label-reference.ts'

const PAGE = new URL('../../../docs/docker.md', import.meta.url)
writeFileSync(PAGE, withLabels(readFileSync(PAGE, 'utf8')))
