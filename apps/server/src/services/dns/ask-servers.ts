import type { TestView } from '@serverctl/contract';
import { isAppError, type RecordRef } from '@serverctl/core';
import type { Resolver } from '../../worker/ports.ts';

/** What each authoritative server of the zone answers now (R24). A server that cannot be asked is listed with why; never rejects. */
export async function askServers(
  resolver: Resolver,
  ref: RecordRef,
  signal: AbortSignal,
): Promise<TestView['servers']> {
  try {
    const servers = await resolver.authoritativeServers(ref.zone, signal);
    return await Promise.all(
      servers.map(async (server) => {
        const shown = `${server.name} (${server.address})`;
        try {
          const answer = await resolver.ask(server, ref.name, ref.type, signal);
          const error = answer.authoritative ? null : `not authoritative (${answer.rcode})`;
          return { server: shown, addresses: [...answer.addresses], error };
        } catch (error) {
          return { server: shown, addresses: [], error: sentenceOf(error) };
        }
      }),
    );
  } catch (error) {
    return [{ server: ref.zone, addresses: [], error: sentenceOf(error) }];
  }
}

function sentenceOf(error: unknown): string {
  return isAppError(error) ? error.message : 'It could not be asked.';
}
