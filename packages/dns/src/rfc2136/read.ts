import {
  AppError,
  type InstanceId,
  isAppError,
  markName,
  parseMark,
  type RecordRef,
  type RecordView,
} from '@serverctl/core';
import { viewMark } from '../record-view.ts';
import { addressesAt, addressType } from '../wire/address-records.ts';
import type { ResourceRecord } from '../wire/message.ts';
import { rrType } from '../wire/registry.ts';
import type { Answered, Client } from './client.ts';
import { exists } from './records.ts';
import { formatTexts } from './texts.ts';

/**
 * What the primary holds for one name. Record and mark are two questions, so that a write in between may show one of each: the write that
 * is conditional on such a view changes nothing and says `dns_rrset_drifted`.
 */
export async function readView(
  client: Client,
  ref: RecordRef,
  instance: InstanceId,
  signal: AbortSignal,
): Promise<RecordView> {
  const [address, mark] = await Promise.all([
    askPrimary(client, ref, ref.name, addressType[ref.type], signal),
    askPrimary(client, ref, markName(ref), rrType.txt, signal),
  ]);
  const view = { ...viewAddresses(address, ref), mark: viewTexts(mark, ref, instance) };
  return view.mark.kind === 'ours' ? view : withoutWildcards(client, ref, view, signal);
}

/** Asks for an RRset and makes sure that the server answers from the zone itself. */
export async function askPrimary(
  client: Client,
  ref: RecordRef,
  name: string,
  type: number,
  signal: AbortSignal,
): Promise<Answered> {
  const answered = await client.query(name, type, signal).catch(async (error: unknown) => {
    // A server refuses a query for a zone that is not there like one that is forbidden, and Knot without a signature. An UPDATE without
    // changes tells them apart; it is only told to a person, so that a forged word does no harm.
    if (isAppError(error, 'dns_not_allowed')) await requireServed(client, ref, signal);
    throw error;
  });
  if (!answered.message.flags.authoritative) {
    throw new AppError('dns_zone_not_served', { zone: ref.zone, name, because: 'not-authoritative' });
  }
  return answered;
}

async function requireServed(client: Client, ref: RecordRef, signal: AbortSignal): Promise<void> {
  try {
    await client.rehearse({ zone: ref.zone, prerequisites: [], changes: [] }, signal);
  } catch (error) {
    if (isAppError(error, 'dns_zone_not_served')) throw error;
  }
}

function viewAddresses({ message }: Answered, ref: RecordRef): Pick<RecordView, 'rrset' | 'cname'> {
  const cname = message.answers.some((record) => record.name === ref.name && record.type === rrType.cname);
  return { rrset: addressesAt(message.answers, ref.name, ref.type), cname };
}

function viewTexts({ message }: Answered, ref: RecordRef, instance: InstanceId): RecordView['mark'] {
  const texts = message.answers.filter((record) => record.name === markName(ref)).flatMap(stringsOf);
  if (texts.length === 0) return { kind: 'none' };
  const [first] = texts;
  const isPlain = texts.length === 1 && first?.length === 1 && parseMark(first[0] ?? '') !== null;
  return viewMark(isPlain ? (first[0] ?? '') : formatTexts(texts), instance);
}

function stringsOf(record: ResourceRecord): (readonly string[])[] {
  return record.data.kind === 'txt' ? [record.data.strings] : [];
}

/**
 * A wildcard answers for names that do not exist, and no prerequisite can hold on what does not exist. Where the mark does not prove that
 * the name is there, an UPDATE that only asks "does this RRset exist?" tells; it changes nothing.
 */
async function withoutWildcards(
  client: Client,
  ref: RecordRef,
  view: RecordView,
  signal: AbortSignal,
): Promise<RecordView> {
  const [hasAddress, hasCname, hasMark] = await Promise.all([
    view.rrset !== null && existsItself(client, ref, ref.name, addressType[ref.type], signal),
    view.cname && existsItself(client, ref, ref.name, rrType.cname, signal),
    view.mark.kind !== 'none' && existsItself(client, ref, markName(ref), rrType.txt, signal),
  ]);
  return {
    rrset: hasAddress ? view.rrset : null,
    cname: hasCname,
    mark: hasMark ? view.mark : { kind: 'none' },
  };
}

async function existsItself(
  client: Client,
  ref: RecordRef,
  name: string,
  type: number,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await client.rehearse({ zone: ref.zone, prerequisites: [exists(name, type)], changes: [] }, signal);
    return true;
  } catch (error) {
    if (isAppError(error, 'dns_rrset_drifted')) return false;
    if (isAppError(error) && error.category === 'provider') return true; // it does not say: then what was answered stands
    throw error;
  }
}
