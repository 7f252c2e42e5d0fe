import { Command } from 'commander';

/** Examples below a command's help: what it is for, and the line. */
export function examples(lines: readonly (readonly [what: string, line: string])[]): string {
  return `\nExamples:\n${lines.map(([what, line]) => `  # ${what}\n  ${line}\n`).join('')}`;
}

/** `serverctl help member add`: the help of any command, however deep; `serverctl member help add` too. */
export function helpCommand(parent: Command): Command {
  return new Command('help')
    .description('Show the help of a command')
    .argument('[command...]', 'for example: member add')
    .action((names: readonly string[]) => {
      let found = parent;
      for (const name of names) {
        const child = found.commands.find((one) => one.name() === name);
        // Told as any unknown command is, with the one that was meant.
        if (child === undefined) return unknown(found, name);
        found = child;
      }
      found.outputHelp();
    });
}

function unknown(group: Command, name: string): never {
  const near = group.commands.map((one) => one.name()).filter((one) => one.startsWith(name.slice(0, 3)));
  const meant = near.length === 0 ? '' : `\n(Did you mean ${near.join(' or ')}?)`;
  return group.error(`error: unknown command '${name}'${meant}`, { code: 'commander.unknownCommand' });
}
