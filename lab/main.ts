import { parseArgs } from 'node:util';
import { commands, UsageError } from './commands.ts';

const help = `script/lab: real hosts with systemd and HAProxy, a real name server, no network but their own

  script/lab up [N]            boots N members (default 3) and leaves them running
  script/lab list              the labs on this machine
  script/lab sh HOST [CMD …]   a shell, or a command, in m1, m2, … or on the network of plane, client or dns;
                               --run ID stands before HOST here
  script/lab crash mK          power loss: the host is gone, nothing is said on the wire
  script/lab boot mK           power again
  script/lab cut HOST          pulls the network cable of a member, plane or client
  script/lab heal HOST         plugs it in
  script/lab lose HOST PERCENT loses that share of its packets each way; 0 ends it (HOST as for cut)
  script/lab dig NAME [TYPE]   asks the lab's name server
  script/lab down              ends the lab and removes what it made
  script/lab down --stale      only labs whose owner died without doing so

A command with flags of its own follows --, as in: script/lab sh m1 -- systemctl --failed
  --run ID   which lab, when there is more than one      --json   (up, list) one JSON object on the last line
Needs root on Debian. Members are at 10.77.0.11, .12, …; the name server at 10.77.0.3, zone lab.test.`;

/** Our own flags come first; what follows a command's name and host belongs to the command. */
async function main(argv: readonly string[]): Promise<number> {
  const shell = argv[0] === 'sh' ? argv.slice(0, argv[1] === '--run' ? 4 : 2) : argv;
  const given = argv.slice(shell.length);
  const rest = given[0] === '--' ? given.slice(1) : given;
  const { values, positionals } = parseArgs({
    args: [...shell],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      run: { type: 'string' },
      stale: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const [name, ...args] = positionals;
  if (values.help || name === undefined) {
    process.stdout.write(`${help}\n`);
    return values.help ? 0 : 2;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(`There is no command "${name}".`);
  return command([...args, ...rest], values);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const usage = error instanceof UsageError || error instanceof RangeError || isParseError(error);
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (usage) process.stderr.write('Try: script/lab --help\n');
  process.exitCode = usage ? 2 : 1;
}

function isParseError(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
