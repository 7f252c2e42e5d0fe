import type { DnsName, InstanceId } from '@serverctl/core';
import { describe } from 'vitest';
import { soon, us } from '../contract/subject.ts';
import {
  type Capabilities,
  type ContractSubject,
  type CredentialKind,
  describeDnsProvider,
} from '../contract-suite.ts';
import { createResolver } from '../resolver/index.ts';
import {
  startTcpRelay,
  startTestBind,
  startTestServer,
  type TestNameServer,
  whyNoBind,
  whyNoServer,
} from '../testing/index.ts';
import { host } from '../testing/platform/host.ts';
import { createRfc2136Provider } from './index.ts';
import type { Rfc2136Options } from './schema.ts';

const zone = 'example.test';
const { randomId } = host;

function optionsFor(server: TestNameServer, credential: CredentialKind, port: number): Rfc2136Options {
  const { sha256, narrow, nothing } = server.keys;
  const keys: Partial<Record<CredentialKind, Rfc2136Options['key']>> = {
    'value-only': narrow,
    'not-allowed': nothing,
    'wrong-secret': { ...sha256, secret: nothing.secret },
    'unknown-key': { ...sha256, name: 'nobody' },
  };
  const wallClock = () => host.wallClock() + (credential === 'clock-skew' ? 3_600_000 : 0);
  return { host: server.address, port, key: keys[credential] ?? sha256, instance: us, wallClock, randomId };
}

async function openSubject(server: TestNameServer, transport: 'tcp' | 'udp'): Promise<ContractSubject> {
  const relay = await startTcpRelay(server);
  const resolver = createResolver({ startPoints: [server], randomId });
  const open = ({ instance = us, credential = 'good' }: { instance?: InstanceId; credential?: CredentialKind } = {}) =>
    createRfc2136Provider({ ...optionsFor(server, credential, server.port), transport, instance });
  return {
    zone: zone as DnsName,
    valueOnlyName: `narrow.${zone}` as DnsName,
    open,
    async put(name, type, values, ttlSeconds = 60) {
      const render = (value: string) =>
        type === 'TXT' ? `"${value.replace(/["\\]/g, '\\$&')}"` : type === 'CNAME' ? `${value}.` : value;
      const lines = values.map((value) => `update add ${name} ${ttlSeconds} ${type} ${render(value)}`);
      const finished = await server.nsupdate([`update delete ${name} ${type}`, ...lines]);
      if (finished.status !== 0) throw new Error(finished.stderr);
    },
    async answer(name, type = 'A') {
      return (await resolver.ask({ ...server, name: 'ns1' }, name, type, soon())).addresses;
    },
    serial: async () => Number((await server.dig(zone, 'SOA'))[0]?.split(' ')[2]),
    async losing(path, call) {
      relay.mode = path;
      const controller = new AbortController();
      const lost = relay.lost();
      const called = call(createRfc2136Provider(optionsFor(server, 'good', relay.port)), controller.signal);
      await Promise.race([lost, called.catch(() => undefined)]);
      controller.abort();
      return called;
    },
    async stop() {
      await relay.stop();
      await server.stop();
    },
  };
}

/** What differs between name servers: what they can do, never what is asked of them. */
const servers: readonly {
  readonly name: string;
  readonly start: () => Promise<TestNameServer>;
  readonly whyNot: string | null;
  readonly capabilities: Partial<Capabilities>;
}[] = [
  { name: 'BIND', start: () => startTestBind({ zone }), whyNot: whyNoBind(), capabilities: {} },
  { name: 'Knot', start: () => startTestServer('knot', zone), whyNot: whyNoServer('knot'), capabilities: {} },
  {
    name: 'PowerDNS',
    start: () => startTestServer('powerdns', zone),
    whyNot: whyNoServer('powerdns'),
    // Its rights are for a whole zone, and it does not say what is wrong with a signature.
    capabilities: { credentials: ['not-allowed'] },
  },
];

for (const { name, start, whyNot, capabilities } of servers) {
  describe.skipIf(whyNot !== null)(`with ${name}${whyNot === null ? '' : ` (skipped: ${whyNot})`}`, () => {
    describeDnsProvider('rfc2136 over TCP', async () => openSubject(await start(), 'tcp'), capabilities);
    describeDnsProvider('rfc2136 over UDP', async () => openSubject(await start(), 'udp'), capabilities);
  });
}
