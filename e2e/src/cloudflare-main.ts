import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import {
  type EmulatedZone,
  mirrorTo,
  startCloudflareEmulator,
  type TestBind,
} from '../../packages/dns/src/testing/index.ts';
import type { CloudflareListens, CloudflareOrder, CloudflareSettings, SeenExchange } from './cloudflare-orders.ts';

/*
 * Cloudflare's API with one zone, on the loopback of whoever started it. The zone is answered by a real name server: each change is
 * mirrored there before the API replies. Orders of the scenario come over a Unix socket. Ends with its stage.
 */
// A file that startCloudflare() has just written.
const settings = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as CloudflareSettings;
// The mirror asks a name server's address, port and this one key of it, whatever else a test server of its own package has.
const nameServer = { ...settings.nameServer, keys: { sha256: settings.key } } as TestBind;
const emulator = await startCloudflareEmulator({ onChange: mirrorTo(nameServer) });
const zone = emulator.addZone(settings.zone);
emulator.addToken(settings.token);
const lifts: (() => void)[] = [];

const server = createServer((request, response) => {
  carryOut(request)
    .then((result) => response.end(JSON.stringify(result ?? null)))
    .catch((error: unknown) => response.writeHead(500).end(String(error)));
});
server.listen(settings.socket, () => {
  const listens: CloudflareListens = { apiBase: emulator.apiBase, zoneId: zone.id };
  process.stdout.write(`${JSON.stringify(listens)}\n`);
});

async function carryOut(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // a stream without an encoding gives buffers
  const order = JSON.parse(Buffer.concat(chunks).toString('utf8')) as CloudflareOrder; // nobody else has the socket
  switch (order.do) {
    case 'records':
      return zone.records.list();
    case 'exchanges':
      return emulator.exchanges.slice(order.from).map(seen);
    case 'create':
      return byHand(zone, order.fields.name ?? '', () => zone.records.create(order.fields));
    case 'change':
      return byHand(zone, zone.records.get(order.id).name, () => zone.records.patch(order.id, order.fields));
    case 'remove':
      return byHand(zone, zone.records.get(order.id).name, () => zone.records.remove(order.id));
    case 'token':
      return emulator.addToken(order.value, order.less);
    case 'inject':
      return inject(order);
    case 'lift':
      return void lifts.splice(0).map((lift) => lift());
  }
}

function inject({ fault, plan: { methods, path, times } }: Extract<CloudflareOrder, { do: 'inject' }>): void {
  const many = times === 'always' ? Number.POSITIVE_INFINITY : times;
  lifts.push(emulator.inject(fault, { methods, times: many, ...(path !== undefined && { path: new RegExp(path) }) }));
}

function byHand(of: EmulatedZone, name: string, act: () => unknown): Promise<void> {
  return emulator.change(of, [name], () => void act());
}

function seen({ method, path, body, reply }: (typeof emulator.exchanges)[number]): SeenExchange {
  return { method, path, body, status: reply?.status ?? null };
}
