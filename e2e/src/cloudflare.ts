import { chmod, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { CredentialView } from '@serverctl/contract';
import type { EmulatedRecord, EmulatedToken } from '../../packages/dns/src/testing/index.ts';
import type {
  CloudflareListens,
  CloudflareOrder,
  CloudflareSettings,
  RecordFields,
  SeenExchange,
  ToldFault,
  ToldPlan,
} from './cloudflare-orders.ts';
import { startEmulator } from './emulator-process.ts';
import type { Plane } from './plane.ts';
import type { Stage } from './stage.ts';

/** The second zone of the lab's name server (lab/named-conf.ts): here it is Cloudflare's. */
export const cloudflareZone = 'other.test';

/** What a credential of a scenario is made with. */
export interface CloudflareOptions {
  readonly token?: string;
  readonly zoneId?: string;
  /** The name it is tried on before it is stored. */
  readonly tryOn?: string;
}

/** An emulated Cloudflare beside the control plane, whose zone the stage's name server answers. */
export interface Cloudflare extends CloudflareListens {
  /** As SERVERCTL_ALLOW_PRIVATE_TARGETS has it. */
  readonly target: string;
  readonly zone: string;
  readonly token: string;
  records(): Promise<readonly EmulatedRecord[]>;
  /** Of this type at the name: all of them, a duplicate as well. */
  recordsAt(name: string, type?: string): Promise<readonly EmulatedRecord[]>;
  /** The only one of this type at the name. */
  recordAt(name: string, type?: string): Promise<EmulatedRecord>;
  /** Requests that came, from the one with this number on. */
  exchanges(from?: number): Promise<readonly SeenExchange[]>;
  /** By a person's hand in the dashboard. */
  create(fields: RecordFields): Promise<unknown>;
  change(record: EmulatedRecord, fields: RecordFields): Promise<unknown>;
  remove(record: EmulatedRecord): Promise<unknown>;
  addToken(value: string, less: Partial<EmulatedToken>): Promise<unknown>;
  /** Lets the next requests meet a fault. */
  inject(fault: ToldFault, plan: ToldPlan): Promise<unknown>;
  /** Ends all that was injected. */
  lift(): Promise<unknown>;
  /** The arguments of `serverctl` that add a credential for it. */
  credential(name: string, options?: CloudflareOptions): Promise<readonly string[]>;
}

/** Starts it on a free port where the control plane stands; it ends with the stage. */
export async function startCloudflare(stage: Stage, zone: string = cloudflareZone): Promise<Cloudflare> {
  const { address, port, hand: key } = stage.dns;
  const token = 'scenario-token_0123456789';
  const socket = join(stage.directory, 'cloudflare.sock');
  const settings: CloudflareSettings = { socket, zone, token, nameServer: { address, port }, key };
  const listens = await startEmulator<CloudflareListens>(stage, import.meta.resolve('./cloudflare-main.ts'), settings);
  await chmod(socket, 0o600);
  return withOrders(stage, { ...listens, zone, token, target: new URL(listens.apiBase).host }, socket);
}

type Started = Pick<Cloudflare, 'apiBase' | 'zoneId' | 'zone' | 'token' | 'target'>;

function withOrders(stage: Stage, started: Started, socket: string): Cloudflare {
  const order = <Reply>(wanted: CloudflareOrder) => send<Reply>(socket, wanted);
  const records = () => order<readonly EmulatedRecord[]>({ do: 'records' });
  const recordsAt = async (name: string, type = 'A') =>
    (await records()).filter((record) => record.name === name && record.type === type);
  let files = 0;
  return {
    ...started,
    records,
    recordsAt,
    async recordAt(name, type) {
      const found = await recordsAt(name, type);
      const [record] = found;
      if (record === undefined || found.length > 1) throw new Error(`${name} has ${found.length} records, not one`);
      return record;
    },
    exchanges: (from = 0) => order({ do: 'exchanges', from }),
    create: (fields) => order({ do: 'create', fields }),
    change: ({ id }, fields) => order({ do: 'change', id, fields }),
    remove: ({ id }) => order({ do: 'remove', id }),
    addToken: (value, less) => order({ do: 'token', value, less }),
    inject: (fault, plan) => order({ do: 'inject', fault, plan }),
    lift: () => order({ do: 'lift' }),
    async credential(name, { token = started.token, zoneId = started.zoneId, tryOn } = {}) {
      files += 1;
      const file = join(stage.directory, `cloudflare-token-${files}`);
      await writeFile(file, `${token}\n`, { mode: 0o600 });
      const where = ['--api-base', started.apiBase, '--zone-id', `${started.zone}=${zoneId}`];
      const test = tryOn === undefined ? [] : ['--test-zone', started.zone, '--test-name', tryOn];
      return [
        ...['dns', 'credential', 'add', name, '--provider', 'cloudflare', '--provider-token-file', file],
        ...where,
        ...['--plan', 'free'],
        ...test,
      ];
    },
  };
}

/** Adds a credential for the emulated zone. */
export async function addCloudflareCredential(
  plane: Plane,
  cloudflare: Cloudflare,
  name = 'cloudflare',
): Promise<CredentialView> {
  return plane.cli(...(await cloudflare.credential(name, { tryOn: `any.${cloudflare.zone}` })));
}

function send<Reply>(socketPath: string, order: CloudflareOrder): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: 'POST', timeout: 10_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(JSON.parse(text) as Reply);
        else reject(new Error(`the emulator, asked to ${order.do}: ${text}`));
      });
    });
    asked.once('timeout', () => asked.destroy(new Error(`the emulator did not ${order.do} within 10 s`)));
    asked.once('error', reject);
    asked.end(JSON.stringify(order));
  });
}
