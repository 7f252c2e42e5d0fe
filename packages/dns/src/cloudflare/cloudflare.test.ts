import type { DnsName, DnsProvider, InstanceId, RecordType, ZoneCalls } from '@serverctl/core';
import { describe, expect } from 'vitest';
import { families, soon, us } from '../contract/subject.ts';
import {
  type ContractSubject,
  type CredentialKind,
  describeDnsProvider,
  type ListTrouble,
  type PathKind,
  type PutType,
} from '../contract-suite.ts';
import { createResolver } from '../resolver/index.ts';
import {
  type CloudflareEmulator,
  createNodeHttp,
  type EmulatedZone,
  mirrorTo,
  startCloudflareEmulator,
  startTestBind,
  type TestBind,
  whyNoBind,
  wrongReplies,
} from '../testing/index.ts';
import { host } from '../testing/platform/host.ts';
import { createCloudflareProvider } from './index.ts';

const zoneName = 'example.test' as DnsName;
const tokens = {
  good: {},
  'not-allowed': { dnsEdit: false },
  'filtered-token': { addresses: ['192.0.2.7'] },
  'scopeless-token': { dnsRead: false, dnsEdit: false },
} as const;

/** The suite asks for more in a minute than the provider allows in five, and is not about that. */
const limit = { requests: 10_000, windowSeconds: 300, lockOutSeconds: 300 };

/** An emulator with a token of each kind, its zone served by BIND where there is one. */
async function openSubject(bind: TestBind | null): Promise<ContractSubject> {
  const emulator = await startCloudflareEmulator({ limit, ...(bind !== null && { onChange: mirrorTo(bind) }) });
  const zone = emulator.addZone(zoneName, 'enterprise'); // the suite writes TTLs of 30 s
  for (const [value, less] of Object.entries(tokens)) emulator.addToken(value, less);
  const open = ({ instance = us, credential = 'good' }: { instance?: InstanceId; credential?: CredentialKind } = {}) =>
    createCloudflareProvider({
      http: createNodeHttp(emulator.apiBase),
      token: credential === 'value-only' ? 'good' : credential,
      instance,
      ttlFloorSeconds: 30,
      ...(credential === 'value-only' && { commentLimit: 40 }),
    });
  return {
    zone: zoneName,
    valueOnlyName: `narrow.${zoneName}` as DnsName,
    open,
    put: (name, type, values, ttlSeconds = 60) => put(emulator, zone, { name, type, values, ttlSeconds }),
    answer: (name, type = 'A') => (bind === null ? answerOf(zone, name, type) : ask(bind, name, type)),
    serial: async () => zone.records.serial,
    losing: (path, call) => losing(emulator, open(), path, call),
    troubleLists: (trouble) => ({ ...troubleLists(emulator, trouble), provider: open() }),
    async stop() {
      await emulator.stop();
      await bind?.stop();
    },
  };
}

interface Put {
  readonly name: string;
  readonly type: PutType;
  readonly values: readonly string[];
  readonly ttlSeconds: number;
}

const markPrefix = '_serverctl.';

/** As somebody does in the dashboard. The mark's place is the comment of the address records. */
function put(emulator: CloudflareEmulator, zone: EmulatedZone, { name, type, values, ttlSeconds }: Put): Promise<void> {
  const { records } = zone;
  const held = (owner: string, of: string) => records.list().filter((one) => one.name === owner && one.type === of);
  return emulator.change(zone, [name], () => {
    if (type === 'TXT' && name.startsWith(markPrefix)) {
      const comment = values.length === 0 ? null : values.join(' ');
      for (const { type } of families)
        for (const { id } of held(name.slice(markPrefix.length), type)) records.patch(id, { comment });
      return;
    }
    const before = held(name, type);
    for (const { id } of before) records.remove(id);
    const comment = before[0]?.comment ?? null;
    for (const content of values) records.create({ name, type, content, ttl: ttlSeconds, comment });
  });
}

/** On a later turn, as an answer over the network comes. */
async function answerOf(zone: EmulatedZone, name: string, type: RecordType): Promise<readonly string[]> {
  await new Promise((resolve) => setImmediate(resolve));
  const records = zone.records.list().filter((record) => record.name === name && record.type === type);
  return records.map(({ content }) => content).sort();
}

async function ask(bind: TestBind, name: DnsName, type: RecordType): Promise<readonly string[]> {
  const resolver = createResolver({ startPoints: [bind], randomId: host.randomId });
  return (await resolver.ask({ ...bind, name: 'ns1' }, name, type, soon())).addresses;
}

/** What is lost of a `replace` is its write: the look before it is a read like any other. */
async function losing<T>(
  emulator: CloudflareEmulator,
  provider: DnsProvider,
  path: PathKind,
  call: (provider: DnsProvider, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const losingOne = (methods: readonly string[]) => {
    emulator.inject({ kind: 'silence', applied: path === 'lose-reply' }, { methods });
    return provider;
  };
  const lossy: DnsProvider = {
    probe: (...given) => losingOne(['GET']).probe(...given),
    read: (...given) => losingOne(['GET']).read(...given),
    replace: (...given) => losingOne(['POST', 'PATCH']).replace(...given),
    withdrawAaaa: (...given) => losingOne(['DELETE']).withdrawAaaa(...given),
    zoneCalls: {
      mostWrites: 200,
      read: (...given) => zoneCallsOf(losingOne(['GET'])).read(...given),
      write: (...given) => zoneCallsOf(losingOne(['POST'])).write(...given),
    },
  };
  const lost = emulator.lost();
  const called = call(lossy, controller.signal);
  await Promise.race([lost, called.catch(() => undefined)]);
  controller.abort();
  return called;
}

/** A slow list is given up as soon as it is there. */
function troubleLists(emulator: CloudflareEmulator, trouble: ListTrouble) {
  let limit = new AbortController();
  const until = () => {
    limit.abort();
    return new Promise<never>(() => undefined);
  };
  const faults = {
    slow: { kind: 'delay', until },
    refused: { kind: 'before', reply: wrongReplies.refusal(400, 1004, 'per_page') },
    failing: { kind: 'before', reply: wrongReplies.page(502) },
  } as const;
  const lift = emulator.inject(faults[trouble], { path: /per_page=5000/, times: Number.POSITIVE_INFINITY });
  return {
    lift,
    limit() {
      limit = new AbortController();
      return limit.signal;
    },
  };
}

function zoneCallsOf({ zoneCalls }: DnsProvider): ZoneCalls {
  return zoneCalls ?? expect.fail('no calls for many names');
}

const capabilities = {
  comparesAndSets: false, // the API knows no condition
  ownsMarkPlace: false, // a comment is a person's place, too
  sharesMark: false, // each record has its comment
  zoneCalls: true,
  credentials: ['value-only', 'not-allowed', 'wrong-token', 'filtered-token', 'scopeless-token'],
} as const;
const reason = whyNoBind();

describeDnsProvider('cloudflare', () => openSubject(null), capabilities);

describe.skipIf(reason !== null)(`with BIND${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  describeDnsProvider(
    'cloudflare, answered by BIND',
    async () => openSubject(await startTestBind({ zone: zoneName })),
    capabilities,
  );
});
