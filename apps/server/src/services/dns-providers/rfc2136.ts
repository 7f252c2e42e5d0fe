import { createRfc2136Provider, type Rfc2136Options } from '@serverctl/dns';
import type { Kind, KindPorts, SettingsOf } from './kind.ts';

export type CreateRfc2136 = (options: Rfc2136Options) => ReturnType<typeof createRfc2136Provider>;

/** Name servers that take signed updates; the host is looked up and checked for each exchange (R40). */
export function rfc2136Kind(
  { clock, random, outbound, instance }: KindPorts,
  create: CreateRfc2136 = createRfc2136Provider,
): Kind<SettingsOf<'rfc2136'>> {
  return {
    open: (settings, secret) =>
      create({
        host: settings.host,
        port: settings.port,
        transport: settings.transport,
        key: { name: settings.keyName, algorithm: settings.algorithm, secret },
        instance,
        wallClock: () => clock.wallTime().getTime(),
        randomId: () => Buffer.from(random.bytes(2)).readUInt16BE(),
        resolveHost: async (host, port) => (await outbound.check(host, port)).address,
      }),
    check: ({ host, port }) => outbound.check(host, port),
  };
}
