import { Argument, Command } from 'commander'
import type { CompletedCommand } from '../completion/command-table.ts'
import { print } from '../print/print.ts'

const HELP = `
Prints a script for that shell, which completes commands, options, and values where there is a list of them. It is made from
the commands of this version: write it again after an upgrade. Exit code 0.

Example:
  infrarust completion bash > ~/.local/share/bash-completion/completions/infrarust
  infrarust completion zsh > "\${fpath[1]}/_infrarust"
  infrarust completion fish > ~/.config/fish/completions/infrarust.fish

For this shell alone, in bash or in zsh:
  source <(infrarust completion bash)`

const SHELLS = ['bash', 'zsh', 'fish'] as const

/** @param wholeProgram with all its commands, of which only this one is loaded here */
export function completionCommand(wholeProgram: () => Promise<Command>): Command {
  return new Command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'which').choices(SHELLS))
    .addHelpText('after', HELP)
    .action(async (shell: (typeof SHELLS)[number]) => {
      const { commandTable } = await import('../completion/command-table.ts')
      const commands = commandTable(await wholeProgram())
      print(await scriptFor(shell, commands))
    })
}

async function scriptFor(shell: (typeof SHELLS)[number], commands: readonly CompletedCommand[]): Promise<string> {
  switch (shell) {
    case 'bash':
      return (await import('../completion/bash.ts')).bashCompletion(commands)
    case 'zsh':
      return (await import('../completion/zsh.ts')).zshCompletion(commands)
    case 'fish':
      return (await import('../completion/fish.ts')).fishCompletion(commands)
  }
}
