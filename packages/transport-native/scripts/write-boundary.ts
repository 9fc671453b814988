import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { boundaryHeader } from './boundary-header.ts'

writeFileSync(join(import.meta.dirname, '../native/boundary.hpp'), boundaryHeader())
