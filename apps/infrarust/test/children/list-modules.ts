// Imported before the program: at its end each module that was loaded is a line on standard error.
import { registerHooks } from 'node:module'

const urls: string[] = []
registerHooks({
  load(url, context, next) {
    urls.push(url)
    return next(url, context)
  },
})
process.on('exit', () => process.stderr.write(`${urls.join('\n')}\n`))
