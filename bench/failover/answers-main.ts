import { Resolver } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * Runs where clients are: asks the authoritative server for one name without a break, 1 ms between an answer and the next question, and
 * prints a line for each change of the answer with the time at which it was first seen. All hosts of the lab share this machine's clock.
 */
const [address = '', port = '53', name = ''] = process.argv.slice(2);
const resolver = new Resolver({ timeout: 250, tries: 1 });
resolver.setServers([`${address}:${port}`]);

let last: string | null = null;
for (;;) {
  const seen = await ask();
  if (seen !== null && seen !== last) {
    last = seen;
    process.stdout.write(`${JSON.stringify({ at: performance.timeOrigin + performance.now(), seen })}\n`);
  }
  await sleep(1);
}

/** The addresses in a fixed order, '' for none, null when nobody answered. */
async function ask(): Promise<string | null> {
  try {
    return (await resolver.resolve4(name)).sort().join(' ');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENODATA' || code === 'ENOTFOUND' ? '' : null;
  }
}
