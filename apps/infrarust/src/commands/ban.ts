import { Command } from 'commander'
import { banAddCommand } from './ban-add.ts'
import { banExportCommand } from './ban-export.ts'
import { banImportCommand } from './ban-import.ts'
import { banListCommand } from './ban-list.ts'
import { banRemoveCommand } from './ban-remove.ts'
import { banShowCommand } from './ban-show.ts'

export function banCommand(): Command {
  return new Command('ban')
    .description('keep addresses, networks and players out, with or without a running proxy')
    .addCommand(banAddCommand())
    .addCommand(banRemoveCommand())
    .addCommand(banListCommand())
    .addCommand(banShowCommand())
    .addCommand(banImportCommand())
    .addCommand(banExportCommand())
}
