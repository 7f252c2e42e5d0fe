import type { DnsName, DnsProvider, RecordType, ZoneCalls } from '@serverctl/core';
import { type CpanelTrust, createResolver } from '@serverctl/dns';
import { type ContractSubject, describeDnsProvider, type PathKind, type PutType } from '@serverctl/dns/contract-suite';
import {
  makeAuthority,
  makeCertificate,
  startTestBind,
  type TestBind,
  type TestCertificate,
  whyNoBind,
} from '@serverctl/dns/testing';
import { describe, expect } from 'vitest';
import type { Service } from './access.ts';
import { createEmulatedAdapter, owner, us } from './adapter.ts';
import { type CpanelEmulator, type EmulatedZone, mirrorZoneTo, startCpanelEmulator } from './index.ts';

const zoneName = 'example.test' as DnsName;

/** What an operator gives a panel's certificate to be held against: itself, which is for another name, or who signed it. */
interface Proof {
  readonly certificate: TestCertificate;
  readonly trust: CpanelTrust;
}

function byPin(): Proof {
  const certificate = makeCertificate();
  return { certificate, trust: { pin: certificate.sha256 } };
}

function byAuthority(): Proof {
  const authority = makeAuthority('Panel CA');
  return { certificate: authority.issue({ names: [], ips: ['127.0.0.1'] }), trust: { ca: authority.ca } };
}

const tokens = {
  good: {},
  'not-allowed': { rights: ['dns-read'] },
  'scopeless-token': { rights: ['list'], refusedBy: 403 },
} as const;

/** An emulator with a token of each kind, asked over TLS, its zone served by BIND where there is one. */
async function openSubject(service: Service, { certificate, trust }: Proof, bind: TestBind | null) {
  const emulator = await startCpanelEmulator({ certificate });
  if (bind !== null) emulator.addPeer(mirrorZoneTo(bind));
  const zone = emulator.addZone(zoneName);
  for (const [value, less] of Object.entries(tokens)) emulator.addToken({ service, user: owner, value, ...less });
  const adapter = createEmulatedAdapter(emulator, service, trust);
  const subject: ContractSubject = {
    zone: zoneName,
    valueOnlyName: `narrow.${zoneName}` as DnsName,
    open: ({ instance = us, credential = 'good' } = {}) => adapter.open({ instance, token: credential }),
    put: (name, type, values, ttlSeconds = 60) => put(emulator, zone, { name, type, values, ttlSeconds }),
    answer: (name, type = 'A') => (bind === null ? answerOf(zone, name, type) : ask(bind, name, type)),
    serial: async () => zone.serial,
    losing: (path, call) => losing(emulator, subject.open(), path, call),
    async stop() {
      adapter.stop();
      await emulator.stop();
      await bind?.stop();
    },
  };
  return subject;
}

interface Put {
  readonly name: string;
  readonly type: PutType;
  readonly values: readonly string[];
  readonly ttlSeconds: number;
}

/** As somebody does in the panel's zone editor. */
function put(emulator: CpanelEmulator, zone: EmulatedZone, { name, type, values, ttlSeconds }: Put): Promise<void> {
  return emulator.change(zone, () => {
    zone.drop(name, type);
    for (const value of values) zone.append(`${name}.`, type, type === 'CNAME' ? `${value}.` : value, ttlSeconds);
  });
}

/** On a later turn, as an answer over the network comes. */
async function answerOf(zone: EmulatedZone, name: string, type: RecordType): Promise<readonly string[]> {
  await new Promise((resolve) => setImmediate(resolve));
  return zone.held(name, type);
}

async function ask(bind: TestBind, name: DnsName, type: RecordType): Promise<readonly string[]> {
  const resolver = createResolver({ startPoints: [bind], randomId: () => 7 });
  return (await resolver.ask({ ...bind, name: 'ns1' }, name, type, AbortSignal.timeout(10_000))).addresses;
}

/** What is lost of a write is its edit: the look before it is a read like any other. */
async function losing<T>(
  emulator: CpanelEmulator,
  provider: DnsProvider,
  path: PathKind,
  call: (provider: DnsProvider, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const losingOne = (asked: RegExp) => {
    emulator.inject({ kind: 'silence', applied: path === 'lose-reply' }, { path: asked });
    return provider;
  };
  const lossy: DnsProvider = {
    probe: (...given) => losingOne(/parse/).probe(...given),
    read: (...given) => losingOne(/parse/).read(...given),
    replace: (...given) => losingOne(/mass_edit/).replace(...given),
    withdrawAaaa: (...given) => losingOne(/mass_edit/).withdrawAaaa(...given),
    zoneCalls: {
      mostWrites: zoneCallsOf(provider).mostWrites,
      read: (...given) => zoneCallsOf(losingOne(/parse/)).read(...given),
      write: (...given) => zoneCallsOf(losingOne(/mass_edit/)).write(...given),
    },
  };
  const lost = emulator.lost();
  const called = call(lossy, controller.signal);
  await Promise.race([lost, called.catch(() => undefined)]);
  controller.abort();
  return called;
}

function zoneCallsOf({ zoneCalls }: DnsProvider): ZoneCalls {
  return zoneCalls ?? expect.fail('no calls for many names');
}

const capabilities = { zoneCalls: true, credentials: ['not-allowed', 'wrong-token', 'scopeless-token'] } as const;
const proofs = { cpanel: byPin, whm: byAuthority } as const;
const reason = whyNoBind();

for (const service of ['cpanel', 'whm'] as const) {
  describeDnsProvider(service, () => openSubject(service, proofs[service](), null), capabilities);
}

describe.skipIf(reason !== null)(`with BIND${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  for (const service of ['cpanel', 'whm'] as const) {
    const open = async () => openSubject(service, proofs[service](), await startTestBind({ zone: zoneName }));
    describeDnsProvider(`${service}, answered by BIND`, open, capabilities);
  }
});
