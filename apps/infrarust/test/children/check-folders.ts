// Checks the `infrarust.toml` of each folder that it is given, one after the other, and prints what is found, a line each.
import { join } from 'node:path'
import { checkConfiguration } from '../../src/check/check.ts'

// Each check listens for what providers throw where nobody catches it.
process.setMaxListeners(0)
for (const folder of process.argv.slice(2))
  console.log(JSON.stringify(await checkConfiguration({ config: join(folder, 'infrarust.toml') })))
// As the command does: whatever providers leave behind.
process.exit()
