import type { DnsName, DnsProvider } from '@serverctl/core';
import { type ContractSubject, describeDnsProvider, type PathKind } from '../contract-suite.ts';
import type { Panel } from './envelope.ts';
import { startPanel, type TestPanel, token, zoneName } from './testing.ts';

/** A panel of the test's own, with a token of each kind. */
async function openSubject(panel: Panel): Promise<ContractSubject> {
  const served = await startPanel(panel);
  Object.assign(served.rights, { 'not-allowed': 'read', 'scopeless-token': 'none' });
  return {
    zone: zoneName,
    valueOnlyName: `narrow.${zoneName}` as DnsName,
    open: ({ instance, credential = 'good' } = {}) =>
      served.open({ token: credential === 'good' ? token : credential, ...(instance !== undefined && { instance }) }),
    async put(name, type, values, ttlSeconds = 60) {
      const data = values.map((value) => [type === 'CNAME' ? `${value}.` : value]);
      served.put(name, type, data, ttlSeconds);
    },
    async answer(name, type = 'A') {
      await new Promise((resolve) => setImmediate(resolve)); // as an answer over the network comes: on a later turn
      return served.held(type, name).flatMap((line) => (line.kind === 'record' ? line.data : []));
    },
    serial: async () => served.zone.serial,
    losing: (path, call) => losing(served, path, call),
    stop: () => served.stop(),
  };
}

/** What is lost of a write is its edit: the look before it is a read like any other. */
async function losing<T>(
  served: TestPanel,
  path: PathKind,
  call: (provider: DnsProvider, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const lost = new Promise<void>((resolve) => {
    served.state.lost = resolve;
  });
  const provider = served.open();
  const losingOne = (method: 'GET' | 'POST') => {
    served.faults.push({ method, applied: path === 'lose-reply', text: null });
    return provider;
  };
  const lossy: DnsProvider = {
    probe: (...given) => losingOne('GET').probe(...given),
    read: (...given) => losingOne('GET').read(...given),
    replace: (...given) => losingOne('POST').replace(...given),
    withdrawAaaa: (...given) => losingOne('POST').withdrawAaaa(...given),
  };
  const called = call(lossy, controller.signal);
  await Promise.race([lost, called.catch(() => undefined)]);
  controller.abort();
  return called;
}

const credentials = ['not-allowed', 'wrong-token', 'scopeless-token'] as const;

describeDnsProvider('cpanel', () => openSubject('cpanel'), { credentials });
describeDnsProvider('whm', () => openSubject('whm'), { credentials });
