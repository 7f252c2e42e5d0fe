import type { DnsName, InstanceId } from '@serverctl/core';
import { describe } from 'vitest';
import { soon, us } from '../contract/subject.ts';
import { type ContractSubject, type CredentialKind, describeDnsProvider } from '../contract-suite.ts';
import { createResolver } from '../resolver/index.ts';
import { startTcpRelay, startTestBind, type TestBind, whyNoBind } from '../testing/index.ts';
import { host } from '../testing/platform/host.ts';
import { createRfc2136Provider } from './index.ts';
import type { Rfc2136Options } from './schema.ts';

const zone = 'example.test';
const { randomId } = host;

function optionsFor(bind: TestBind, credential: CredentialKind, port: number): Rfc2136Options {
  const { sha256, narrow, nothing } = bind.keys;
  const keys: Partial<Record<CredentialKind, Rfc2136Options['key']>> = {
    'value-only': narrow,
    'not-allowed': nothing,
    'wrong-secret': { ...sha256, secret: nothing.secret },
    'unknown-key': { ...sha256, name: 'nobody' },
  };
  const wallClock = () => host.wallClock() + (credential === 'clock-skew' ? 3_600_000 : 0);
  return { host: bind.address, port, key: keys[credential] ?? sha256, instance: us, wallClock, randomId };
}

async function openSubject(transport: 'tcp' | 'udp'): Promise<ContractSubject> {
  const bind = await startTestBind({ zone });
  const relay = await startTcpRelay(bind);
  const resolver = createResolver({ startPoints: [bind], randomId });
  const open = ({ instance = us, credential = 'good' }: { instance?: InstanceId; credential?: CredentialKind } = {}) =>
    createRfc2136Provider({ ...optionsFor(bind, credential, bind.port), transport, instance });
  return {
    zone: zone as DnsName,
    valueOnlyName: `narrow.${zone}` as DnsName,
    open,
    async put(name, type, values, ttlSeconds = 60) {
      const render = (value: string) =>
        type === 'TXT' ? `"${value.replace(/["\\]/g, '\\$&')}"` : type === 'CNAME' ? `${value}.` : value;
      const lines = values.map((value) => `update add ${name} ${ttlSeconds} ${type} ${render(value)}`);
      const finished = await bind.nsupdate([`update delete ${name} ${type}`, ...lines]);
      if (finished.status !== 0) throw new Error(finished.stderr);
    },
    async answer(name, type = 'A') {
      return (await resolver.ask({ ...bind, name: 'ns1' }, name, type, soon())).addresses;
    },
    serial: async () => Number((await bind.dig(zone, 'SOA'))[0]?.split(' ')[2]),
    async losing(path, call) {
      relay.mode = path;
      const controller = new AbortController();
      const lost = relay.lost();
      const called = call(createRfc2136Provider(optionsFor(bind, 'good', relay.port)), controller.signal);
      await Promise.race([lost, called.catch(() => undefined)]);
      controller.abort();
      return called;
    },
    async stop() {
      await relay.stop();
      await bind.stop();
    },
  };
}

const reason = whyNoBind();

describe.skipIf(reason !== null)(`with BIND${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  describeDnsProvider('rfc2136 over TCP', () => openSubject('tcp'));
  describeDnsProvider('rfc2136 over UDP', () => openSubject('udp'));
});
