import { Argument, Command } from 'commander';
import { completionScript, type Shell, shells } from '../completion/scripts.ts';
import { localAction } from '../context.ts';
import { examples } from '../help.ts';

/** `serverctl completion bash|zsh|fish`: prints a script; it completes names that the control plane knows too. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('Print a completion script for your shell')
    .addArgument(new Argument('<shell>', 'the shell that shall read it').choices(shells))
    .addHelpText(
      'after',
      examples([
        ['bash, for good', 'serverctl completion bash > /etc/bash_completion.d/serverctl'],
        ['bash, this shell only', 'source <(serverctl completion bash)'],
        ['zsh, in a folder of $fpath', 'serverctl completion zsh > ~/.zfunc/_serverctl'],
        ['fish', 'serverctl completion fish > ~/.config/fish/completions/serverctl.fish'],
      ]),
    )
    .action(
      localAction(async (_local, shell: Shell) => {
        const script = completionScript(shell);
        return { json: { shell, script }, text: script.trimEnd(), whole: 'all' };
      }),
    );
}
