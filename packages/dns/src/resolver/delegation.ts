import { AppError, type AuthoritativeServer, isAppError } from '@serverctl/core';
import type { Endpoint } from '../transport/transport-error.ts';
import type { Message, ResourceRecord } from '../wire/message.ts';
import { rcodeName, rrType } from '../wire/registry.ts';
import type { AskServer } from './ask-server.ts';

/*
 * From the start points towards the zone, one referral at a time (RFC 1034 section 5.3.3). Each step asks for the zone's NS:
 *
 *   the answer is authoritative and has NS    | these are the zone's servers, together with those that the parent named
 *   a referral closer to the zone             | go on with the servers it names, by glue or by looking their names up
 *   authoritative without NS, or NXDOMAIN     | there is no such zone: dns_zone_not_served
 *   anything else                             | the next server of this step
 */

const maxReferrals = 16;
/** Names of servers may lie in zones whose servers have names … */
const maxDepth = 4;
/** All questions of one search together: a hostile zone shall not make us ask for ever. */
const maxQuestions = 200;
const serversAtOnce = 5;

/** One search for a zone’s servers and what it may still cost. */
export interface Search {
  readonly ask: AskServer;
  readonly startPoints: readonly Endpoint[];
  readonly portOf: (address: string) => number;
  readonly signal: AbortSignal;
  questionsLeft: number;
}

/** A search with its whole allowance of questions. */
export function beginSearch(search: Omit<Search, 'questionsLeft'>): Search {
  return { ...search, questionsLeft: maxQuestions };
}

/** The servers of a zone with their addresses, sorted by name; throws when none is found. */
export async function findServers(search: Search, zone: string): Promise<AuthoritativeServer[]> {
  let named: readonly ResourceRecord[] = [];
  const found = await descend(search, zone, rrType.ns, 0, (referral) => {
    named = referral;
  });
  const own = found.answers.filter((record) => record.type === rrType.ns && record.name === zone);
  if (own.length === 0) throw new AppError('dns_zone_not_served', { zone, rcode: rcodeName(found.rcode) });
  const parents = named.filter((record) => record.name === zone);
  const names = new Set(
    [...own, ...parents].flatMap((record) => (record.data.kind === 'ns' ? [record.data.target] : [])),
  );
  const servers = await Promise.all([...names].sort().map((name) => serversNamed(search, name, found.additional, 0)));
  if (servers.flat().length === 0) throw new AppError('dns_zone_not_served', { zone, because: 'no-address' });
  return servers.flat();
}

/** Follows referrals until a server answers from its own zone. `onReferral` sees each delegation on the way. */
async function descend(
  search: Search,
  name: string,
  type: number,
  depth: number,
  onReferral: (records: readonly ResourceRecord[]) => void = () => undefined,
): Promise<Message> {
  let servers: readonly Endpoint[] = search.startPoints;
  let closest = -1;
  for (let referrals = 0; referrals <= maxReferrals; referrals += 1) {
    const reply = await askFirst(search, servers, name, type, closest);
    if (reply.flags.authoritative) return reply;
    const delegation = referralIn(reply, name, closest);
    onReferral(delegation);
    closest = labelCount(delegation[0]?.name ?? '');
    const targets = delegation.flatMap((record) => (record.data.kind === 'ns' ? [record.data.target] : []));
    const found = await Promise.all(targets.map((target) => serversNamed(search, target, reply.additional, depth + 1)));
    servers = found.flat();
  }
  throw new AppError('dns_zone_not_served', { zone: name, because: 'too-many-referrals' });
}

/** The first reply that leads on. A few servers are asked at once, since one that is silent would use up the caller's whole time. */
async function askFirst(
  search: Search,
  servers: readonly Endpoint[],
  name: string,
  type: number,
  closest: number,
): Promise<Message> {
  let failure = new AppError('dns_zone_not_served', { zone: name, because: 'no-server' });
  for (let first = 0; first < servers.length; first += serversAtOnce) {
    const answered = new AbortController();
    const signal = AbortSignal.any([search.signal, answered.signal]);
    const batch = servers.slice(first, first + serversAtOnce);
    try {
      return await Promise.any(batch.map((server) => askOne(search, server, name, type, closest, signal)));
    } catch (error) {
      const causes: unknown[] = error instanceof AggregateError ? error.errors : [error];
      const foreign = causes.find((cause) => !isAppError(cause));
      if (foreign !== undefined) throw foreign;
      failure = causes.find((cause) => isAppError(cause)) ?? failure;
      if (search.signal.aborted) throw failure;
    } finally {
      answered.abort();
    }
  }
  throw failure;
}

/** One server's reply, if it is the end of the way or a step on it. */
async function askOne(
  search: Search,
  server: Endpoint,
  name: string,
  type: number,
  closest: number,
  signal: AbortSignal,
): Promise<Message> {
  if (search.questionsLeft <= 0)
    throw new AppError('dns_zone_not_served', { zone: name, because: 'too-many-questions' });
  search.questionsLeft -= 1;
  const reply = await search.ask(server, name, type, signal);
  const rcode = rcodeName(reply.rcode);
  const isUsable = rcode === 'NOERROR' || rcode === 'NXDOMAIN';
  if (isUsable && (reply.flags.authoritative || referralIn(reply, name, closest).length > 0)) return reply;
  throw new AppError('dns_zone_not_served', { zone: name, server: `${server.address}:${server.port}`, rcode });
}

/** The NS records of a zone that holds `name` and lies deeper than the one we come from: anything else would lead in circles. */
function referralIn(reply: Message, name: string, closest: number): readonly ResourceRecord[] {
  const records = [...reply.answers, ...reply.authority].filter(
    (record) => record.type === rrType.ns && isBelow(name, record.name) && labelCount(record.name) > closest,
  );
  return records.filter((record) => record.name === records[0]?.name);
}

/** A server's IPv4 addresses, or its IPv6 ones when it has no other: this host may have no IPv6. */
async function serversNamed(
  search: Search,
  name: string,
  glue: readonly ResourceRecord[],
  depth: number,
): Promise<AuthoritativeServer[]> {
  let addresses = addressesOf(glue, name);
  if (addresses.length === 0 && depth < maxDepth) {
    for (const type of [rrType.a, rrType.aaaa]) {
      if (addresses.length > 0) break;
      addresses = addressesOf(await lookUp(search, name, type, depth), name);
    }
  }
  return addresses.map((address) => ({ name, address, port: search.portOf(address) }));
}

async function lookUp(search: Search, name: string, type: number, depth: number): Promise<readonly ResourceRecord[]> {
  try {
    return (await descend(search, name, type, depth)).answers;
  } catch (error) {
    if (!isAppError(error) || search.signal.aborted) throw error;
    return []; // one server without an address does not hide the others
  }
}

function addressesOf(records: readonly ResourceRecord[], name: string): string[] {
  const own = records.filter((record) => record.name === name);
  const byKind = (kind: 'a' | 'aaaa') => own.flatMap(({ data }) => (data.kind === kind ? [data.address] : [])).sort();
  const ipv4 = byKind('a');
  return ipv4.length > 0 ? ipv4 : byKind('aaaa');
}

function labelCount(name: string): number {
  return name === '' ? 0 : name.split('.').length;
}

function isBelow(name: string, zone: string): boolean {
  return zone === '' || name === zone || name.endsWith(`.${zone}`);
}
