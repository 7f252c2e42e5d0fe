import type { DnsName, RecordType } from '@serverctl/core';
import type { AuthoritativeServer, Resolver } from '../../apps/server/src/worker/ports.ts';

/** What a memory zone must show: `createMemoryZone` of @serverctl/dns does. */
export interface AnswerSource {
  get(name: string, type: RecordType): { readonly values: readonly string[]; readonly ttlSeconds: number } | null;
}

type Answers = Readonly<Record<RecordType, ReturnType<AnswerSource['get']>>>;

export interface MemoryResolver extends Resolver {
  /** From now on the server answers for `name` what the zone holds now, A and AAAA, until it is released: a secondary that lags. */
  freeze(server: string, name: string): void;
  release(server: string): void;
  /** The server does not answer at all. */
  silence(server: string): void;
  readonly asked: number;
}

/** The authoritative servers of one zone in memory: all of them follow the zone at once, unless frozen or silenced. */
export function memoryResolver(
  zone: AnswerSource,
  servers: readonly string[] = ['ns1.test', 'ns2.test'],
): MemoryResolver {
  const frozen = new Map<string, { readonly name: string; readonly answers: Answers }>();
  const silent = new Set<string>();
  const state = { asked: 0 };
  const answersOf = (name: string): Answers => ({ A: zone.get(name, 'A'), AAAA: zone.get(name, 'AAAA') });

  return Object.assign(state, {
    async authoritativeServers() {
      return servers.map((name) => ({ name, address: '127.0.0.1', port: 53 }));
    },
    async ask(server: AuthoritativeServer, name: DnsName, type: RecordType, signal: AbortSignal) {
      state.asked += 1;
      if (silent.has(server.name)) await aborted(signal);
      const lagging = frozen.get(server.name);
      const answers = lagging?.name === name ? lagging.answers : answersOf(name);
      const rrset = answers[type];
      return {
        authoritative: true,
        addresses: rrset?.values ?? [],
        ttlSeconds: rrset?.ttlSeconds ?? null,
        rcode: answers.A === null && answers.AAAA === null ? 'NXDOMAIN' : 'NOERROR',
      };
    },
    freeze(server: string, name: string) {
      frozen.set(server, { name, answers: answersOf(name) });
    },
    release(server: string) {
      frozen.delete(server);
      silent.delete(server);
    },
    silence(server: string) {
      silent.add(server);
    },
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
