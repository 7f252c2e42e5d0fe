import { join } from 'node:path';
import { nextSteps } from './next-steps.ts';
import { Refusal, writeProvider } from './write-provider.ts';

const usage = `script/new-provider NAME
  Writes packages/dns/src/NAME: a DNS provider that passes the checks, and whose
  tests fail, each with the part that is not written yet and its section of
  docs/next-provider.md. Ends with what is to write and where to register it.
  NAME: 2 to 24 small letters and digits, a letter first, such as route53.
  Nothing that exists is changed. To take it back: rm -r packages/dns/src/NAME`;

const [name, ...others] = process.argv.slice(2);
if (name === '--help' || name === '-h') {
  console.log(usage);
} else if (name === undefined || name.startsWith('-') || others.length > 0) {
  console.error(usage);
  process.exitCode = 2;
} else {
  await make(join(import.meta.dirname, '../../..'), name);
}

async function make(root: string, name: string): Promise<void> {
  try {
    const files = await writeProvider(root, name);
    console.log(['Written:', ...files.map((file) => `  ${file}`), '', nextSteps(name)].join('\n'));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(`${error.message} Nothing was written.`);
    process.exitCode = 2;
  }
}
