import { readdirSync } from 'node:fs';

/** script/bench: each benchmark is a folder here with a `main.ts` that measures when it is imported. */
const help = `script/bench NAME [--json] [OPTIONS]   script/bench NAME --help
  Measures one thing on this machine, beside its peer in the same run where there
  is one. With --json the last line of standard output is one JSON object.
`;
const names = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== 'src')
  .map(({ name }) => name);
const [name = '--help', ...rest] = process.argv.slice(2);

if (name === '--help' || name === '-h') {
  process.stdout.write(`${help}\nNames: ${names.join(' ')}\n`);
} else if (names.includes(name)) {
  process.argv.splice(2, process.argv.length, ...rest);
  await import(`./${name}/main.ts`);
} else {
  process.stderr.write(`There is no benchmark ${name}. Names: ${names.join(' ')}\n`);
  process.exitCode = 2;
}
