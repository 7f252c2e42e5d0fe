import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as tlsConnect } from 'node:tls';

/*
 * An attacker beside the control plane, for so many seconds and at bounded rates: wrong sign-ins (each costs the other side an argon2), wrong
 * tokens, bodies over the limit, and connections whose body comes a byte at a time. Requests come from many addresses, so that no limit by
 * address ends them, and from the address that the operators use too. Prints "goes on" once all of it does, and at its end what was answered.
 */
const [url = '', caFile = '', email = '', seconds = '20'] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const ca = readFileSync(caFile);
const endsAt = performance.now() + Number(seconds) * 1_000;
const slowConnections = 200;
// Others each time: what an earlier attack has spent of the limits by address is no help against this one.
const network = `127.${randomInt(1, 255)}.${randomInt(255)}`;
const strangers = Array.from({ length: 60 }, (_, index) => `${network}.${index + 10}`);
const sources = [...strangers, hostname];

type Counts = Record<string, number>;
const counts: Record<'signIns' | 'tokens' | 'oversized' | 'slow', Counts> = {
  signIns: {},
  tokens: {},
  oversized: {},
  slow: {},
};
const count = (of: Counts, what: string | number) => {
  of[what] = (of[what] ?? 0) + 1;
};
const goesOn = () => performance.now() < endsAt;
let turn = 0;
const agents = sources.map(
  (localAddress) => new Agent({ ca, localAddress, keepAlive: true, maxSockets: 2, timeout: 20_000 }),
);

/** The status, or the code of the error. */
function ask(method: string, path: string, headers: Record<string, string>, body = ''): Promise<number | string> {
  turn += 1;
  const agent = agents[turn % agents.length];
  return new Promise((resolve) => {
    const sent = request({ hostname, port, path, method, headers, ...(agent && { agent }) }, (reply) => {
      reply.resume().once('close', () => resolve(reply.statusCode ?? 0));
    });
    sent.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    sent.end(body);
  });
}

async function keepOn(workers: number, pauseMs: number, counts: Counts, one: () => Promise<number | string>) {
  const worker = async () => {
    while (goesOn()) {
      count(counts, await one());
      await sleep(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

const json = { 'content-type': 'application/json' };

function signIn(): Promise<number | string> {
  const who = turn % 2 === 0 ? email : `${randomBytes(4).toString('hex')}@example.com`;
  const password = randomBytes(12).toString('base64');
  return ask('POST', '/api/v1/session', json, JSON.stringify({ email: who, password, kind: 'command-line' }));
}

const wrongToken = () =>
  ask('GET', '/api/v1/pools', { authorization: `Bearer sck_${randomBytes(32).toString('base64url')}` });

const oversized = () => ask('POST', '/api/v1/session', json, JSON.stringify({ email: 'x'.repeat(1024 * 1024) }));

/** Opens a connection, says that a body comes, and sends a byte of it now and then. */
function slowBody(localAddress: string): Promise<void> {
  return new Promise((resolve) => {
    const raw = connect({ host: hostname, port: Number(port), localAddress });
    const socket = tlsConnect({ socket: raw, host: hostname, ca });
    let said = '';
    socket.setEncoding('latin1').on('data', (text: string) => (said += text));
    socket.once('secureConnect', () => {
      count(counts.slow, 'opened');
      const head = ['POST /api/v1/session HTTP/1.1', `Host: ${hostname}`, 'Content-Type: application/json'];
      socket.write(`${[...head, 'Content-Length: 100000'].join('\r\n')}\r\n\r\n{`);
    });
    const drip = setInterval(() => {
      if (goesOn()) socket.write(' ');
      else socket.destroy();
    }, 1_000);
    socket.on('error', (error: NodeJS.ErrnoException) => count(counts.slow, error.code ?? 'error'));
    socket.once('close', () => {
      clearInterval(drip);
      if (goesOn()) count(counts.slow, `ended by the other side: ${/^HTTP\/1\.1 (\d+)/.exec(said)?.[1] ?? 'no word'}`);
      resolve();
    });
  });
}

const slow = Array.from({ length: slowConnections }, (_, index) => slowBody(strangers[index % strangers.length] ?? ''));
const flood = [
  keepOn(16, 20, counts.signIns, signIn),
  keepOn(4, 20, counts.tokens, wrongToken),
  keepOn(2, 100, counts.oversized, oversized),
];
while (goesOn() && (counts.slow['opened'] ?? 0) < slowConnections) await sleep(50);
process.stdout.write('"goes on"\n');
await Promise.all([...flood, ...slow]);
for (const agent of agents) agent.destroy();
process.stdout.write(`${JSON.stringify(counts)}\n`);
