import { Resolver } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * Runs where clients are: asks the authoritative server for one name every 5 ms and prints a line for each change of the answer,
 * with the wall-clock time at which it was first seen. All hosts of a stage share this machine's clock.
 */
const [address = '127.0.0.1', port = '53', name = ''] = process.argv.slice(2);
const resolver = new Resolver({ timeout: 500, tries: 1 });
resolver.setServers([`${address}:${port}`]);

let last: string | null = null;
for (;;) {
  const answer = await ask();
  if (answer !== null && answer !== last) {
    last = answer;
    process.stdout.write(
      `${JSON.stringify({ at: performance.timeOrigin + performance.now(), addresses: answer === '' ? [] : answer.split(',') })}\n`,
    );
  }
  await sleep(5);
}

/** The sorted addresses, '' for none, null when nobody answered. */
async function ask(): Promise<string | null> {
  try {
    return (await resolver.resolve4(name)).sort().join(',');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'ENODATA' || code === 'ENOTFOUND' ? '' : null;
  }
}
