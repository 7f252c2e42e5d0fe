import type { TestInput, TestView } from '@serverctl/contract';
import { queryOptions } from '@tanstack/react-query';
import { dnsApi } from '../../lib/api/dns.ts';
import { poolsApi } from '../../lib/api/pools.ts';
import { systemClock } from '../../platform/clock.ts';

export const resolversQuery = queryOptions({
  queryKey: ['dns-resolvers'],
  queryFn: async ({ signal }) => (await dnsApi.resolvers(signal)).resolvers,
});

/** A trial with what it was of and how long it took, as this browser measured it: the way to the control plane is in it. */
export interface Trial {
  readonly zone: string;
  readonly name: string;
  readonly test: TestView;
  readonly tookMs: number;
  /** On the page’s clock. */
  readonly atMs: number;
}

export async function timed<Result>(call: () => Promise<Result>): Promise<{ result: Result; tookMs: number }> {
  const began = systemClock.nowMs();
  const result = await call();
  return { result, tookMs: systemClock.nowMs() - began };
}

async function trial(of: Pick<Trial, 'zone' | 'name'>, call: () => Promise<TestView>): Promise<Trial> {
  const { result, tookMs } = await timed(call);
  return { zone: of.zone, name: of.name, test: result, tookMs, atMs: systemClock.nowMs() };
}

/** One after the other, as the server tries a name’s records. */
export async function tryCredential(credentialId: string, inputs: readonly TestInput[]): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for (const input of inputs) trials.push(await trial(input, () => dnsApi.testCredential(credentialId, input)));
  return trials;
}

/** A record as its provider holds it now. */
export const tryName = (poolId: string, { id, zone, name }: { id: string; zone: string; name: string }) =>
  trial({ zone, name }, () => dnsApi.testName(poolId, id));

/** What a first publish would do is read from the providers each time. */
const previewEveryMs = 15_000;

export const firstPublishQuery = (poolId: string) =>
  queryOptions({
    queryKey: ['first-publish', poolId],
    queryFn: ({ signal }) => poolsApi.firstPublishPreview(poolId, signal),
    staleTime: 0,
    gcTime: 0,
    refetchInterval: previewEveryMs,
    retry: false,
  });
