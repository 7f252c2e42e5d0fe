import type { TestServer, ZoneState } from '@serverctl/contract';
import { type AuthoritativeServer, isAppError, type RecordRef, type ZoneAnswer } from '@serverctl/core';
import type { Resolver } from '../../worker/ports.ts';

/**
 * What each authoritative server of the zone answers now (R24), and how far it is with the zone beside the provider's serial (null = it told
 * none). A server that cannot be asked is listed with why; never rejects.
 */
export async function askServers(
  resolver: Resolver,
  ref: RecordRef,
  heldSerial: number | null,
  signal: AbortSignal,
): Promise<TestServer[]> {
  try {
    const servers = await resolver.authoritativeServers(ref.zone, signal);
    return await Promise.all(servers.map((server) => askServer(resolver, server, ref, heldSerial, signal)));
  } catch (error) {
    return [unknownServer(ref.zone, error)];
  }
}

async function askServer(
  resolver: Resolver,
  server: AuthoritativeServer,
  ref: RecordRef,
  heldSerial: number | null,
  signal: AbortSignal,
): Promise<TestServer> {
  const shown = `${server.name} (${server.address})`;
  // Whether it serves the zone is told by its answer about the name, too: that one is never given up for the other.
  const asked = resolver.askZone?.(server, ref.zone, signal).catch(() => null) ?? null;
  try {
    const answer = await resolver.ask(server, ref.name, ref.type, signal);
    const error = answer.authoritative ? null : `not authoritative (${answer.rcode})`;
    const held = await asked;
    const zone = answer.authoritative ? zoneStateOf(held, heldSerial) : 'not-served';
    return { server: shown, addresses: [...answer.addresses], error, serial: held?.serial ?? null, zone };
  } catch (error) {
    await asked;
    return unknownServer(shown, error);
  }
}

/** Serials are compared in a circle of 32 bits (RFC 1982): which of two is the later one is not which is the greater. */
export function zoneStateOf(answer: ZoneAnswer | null, heldSerial: number | null): ZoneState {
  if (answer === null) return 'unknown';
  if (!answer.authoritative) return 'not-served';
  if (answer.serial === null || heldSerial === null) return 'unknown';
  if (answer.serial === heldSerial) return 'same';
  return (heldSerial - answer.serial) >>> 0 < 2 ** 31 ? 'behind' : 'ahead';
}

function unknownServer(server: string, error: unknown): TestServer {
  return { server, addresses: [], error: sentenceOf(error), serial: null, zone: 'unknown' };
}

function sentenceOf(error: unknown): string {
  return isAppError(error) ? error.message : 'It could not be asked.';
}
