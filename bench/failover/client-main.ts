import { Resolver } from 'node:dns/promises';
import { connect, isIPv4 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { wallMs } from '@serverctl/e2e/platform/wall-clock';

/*
 * A client of the service, without a memory: every few milliseconds it opens a connection, asks "who are you" over HTTP and closes it. A
 * name is resolved anew for each connection, by the caching resolver it was given. Attempts do not wait for each other. It prints a line
 * for each change of who answers (null = refused, silent or not resolved).
 */
const [everyMs = '10', target = '', resolverAddress = ''] = process.argv.slice(2);
const patienceMs = 250;
const resolver = new Resolver({ timeout: 1_000, tries: 1 });
if (resolverAddress !== '') resolver.setServers([resolverAddress]);

let begun = 0;
let newest = 0;
let last: string | null | undefined;
for (;;) {
  begun += 1;
  void attempt(begun);
  await sleep(Number(everyMs));
}

async function attempt(number: number): Promise<void> {
  const seen = await visit().catch(() => null);
  if (number < newest) return; // a later one has told more already
  newest = number;
  if (seen === last) return;
  last = seen;
  process.stdout.write(`${JSON.stringify({ at: wallMs(), seen })}\n`);
}

async function visit(): Promise<string | null> {
  const [address] = isIPv4(target) ? [target] : await resolver.resolve4(target);
  return address === undefined ? null : ask(address);
}

function ask(address: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 80 });
    let reply = '';
    const end = (seen: string | null) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(seen);
    };
    const timer = setTimeout(end, patienceMs, null);
    socket.setEncoding('latin1');
    socket.on('connect', () => socket.write('GET / HTTP/1.0\r\n\r\n'));
    socket.on('data', (chunk: string) => {
      reply += chunk;
    });
    socket.on('error', () => end(null));
    socket.on('end', () => end(/^HTTP\/1\.\d 200 [\s\S]*\r\n\r\n(\w+)/.exec(reply)?.[1] ?? null));
  });
}
