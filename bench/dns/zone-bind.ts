import { type DnsName, markName } from '@serverctl/core';
import { createResolver } from '@serverctl/dns';
import { startTcpRelay, type TestBind } from '@serverctl/dns/testing';
import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { systemRandom } from '../../apps/server/src/platform/random.ts';
import { rfc2136Kind } from '../../apps/server/src/services/dns-providers/rfc2136.ts';
import { createOutbound } from '../../apps/server/src/services/outbound.ts';
import { type CellZone, interceptable } from './cell-zone.ts';
import { instance } from './fleet.ts';

const ours = 'sha256';
const somebodys = 'sha512';
const randomId = () => Buffer.from(systemRandom.bytes(2)).readUInt16BE();

/** A cell at a real BIND, over the server's own way to it, through a relay that can lose messages. */
export async function openBindZone(bind: TestBind, number: number): Promise<CellZone> {
  const zone = bind.zone as DnsName;
  const name = `c${number}.${zone}` as DnsName;
  const relay = await startTcpRelay({ address: bind.address, port: bind.port });
  const outbound = createOutbound({ clock: systemClock, allowPrivate: [{ host: '127.0.0.1', port: relay.port }] });
  const { name: keyName, algorithm, secret } = bind.keys[ours];
  const place = { provider: 'rfc2136', host: '127.0.0.1', port: relay.port, transport: 'tcp' } as const;
  const kind = rfc2136Kind({ clock: systemClock, random: systemRandom, outbound, instance });
  const inner = kind.open({ ...place, keyName, algorithm }, secret);
  const { provider, meetNext, holdNextWrite } = interceptable(inner, (arrive) => arrive());
  const lose = (mode: 'lose-reply' | 'lose-request') => () =>
    meetNext(async (send, signal) => {
      relay.mode = mode;
      try {
        return await send(signal);
      } finally {
        relay.mode = 'pass';
      }
    });
  const resolver = createResolver({ randomId });
  const update = async (...script: readonly string[]) => {
    const { status, stderr } = await bind.nsupdate(script, somebodys);
    if (status !== 0) throw new Error(`nsupdate: ${stderr}`);
  };
  return {
    ...{ zone, name, provider, holdNextWrite },
    comparesAndSets: true,
    async answer() {
      const server = { name: 'bind', address: bind.address, port: bind.port };
      return (await resolver.ask(server, name, 'A', AbortSignal.timeout(2_000))).addresses;
    },
    effects: () => updatesIn(bind.log(), name, keyName),
    armed: { 'lost-reply': lose('lose-reply'), 'lost-request': lose('lose-request') },
    put: (addresses) => update(`del ${name}. A`, ...addresses.map((address) => `add ${name}. 60 A ${address}`)),
    removeMark: () => update(`del ${markName({ name })}. TXT`),
    stop: () => relay.stop(),
  };
}

/**
 * Updates of the name with that key that BIND says it has made. It tells each record that it adds or deletes, after the prerequisites held,
 * with the client's port, which is another one for each of our calls.
 */
export function updatesIn(log: string, name: string, keyName: string): number {
  const ports = log
    .split('\n')
    .filter((line) => line.includes(`/key ${keyName}`) && /: (adding|deleting) (an RR|rrset) at /.test(line))
    .filter((line) => line.includes(`at '${name}'`) || line.includes(`at '_serverctl.${name}'`))
    .map((line) => /#(\d+)\/key/.exec(line)?.[1] ?? '');
  return new Set(ports).size;
}
