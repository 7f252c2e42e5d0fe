import type { DnsName } from '@serverctl/core';
import {
  type CloudflareEmulator,
  type EmulatedZone,
  type EmulatorOptions,
  startCloudflareEmulator,
} from '@serverctl/dns/testing';

/** An emulated Cloudflare with one zone, and what the zone has held since when. */
export interface EmulatedCloudflare {
  readonly emulator: CloudflareEmulator;
  readonly zone: EmulatedZone;
  readonly token: string;
  /** The addresses that the name holds now. */
  held(name: string): readonly string[];
  /** Called after each change of a name, with the addresses that it holds now. */
  onChange(listener: (name: string, held: readonly string[]) => void): void;
}

const token = 'Bench-Token_0123456789';

/** A paid zone, which holds 3,500 records; what our side takes it for is said where its credential is made. */
export async function startEmulated(zoneName: DnsName, options: EmulatorOptions = {}): Promise<EmulatedCloudflare> {
  const listeners: ((name: string, held: readonly string[]) => void)[] = [];
  let holds: ReadonlyMap<string, readonly string[]> = new Map();
  const look = () => {
    const addresses = zone.records.list().filter(({ type }) => type === 'A');
    const byName = Map.groupBy(addresses, ({ name }) => name);
    holds = new Map([...byName].map(([name, records]) => [name, records.map(({ content }) => content)]));
  };
  const held = (name: string) => holds.get(name) ?? [];
  const emulator = await startCloudflareEmulator({
    ...options,
    async onChange(_zone, names) {
      look();
      for (const name of names) for (const tell of listeners) tell(name, held(name));
    },
  });
  const zone = emulator.addZone(zoneName, 'pro');
  emulator.addToken(token);
  return { emulator, zone, token, held, onChange: (listener) => void listeners.push(listener) };
}
