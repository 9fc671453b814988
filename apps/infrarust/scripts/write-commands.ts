import { writeFileSync } from 'node:fs'
import { COMMANDS_PAGE, commandsPage } from './commands-page.ts'

writeFileSync(COMMANDS_PAGE, await commandsPage())
