import { isAppError } from '@serverctl/core';
import type { ApiHttp } from '../api-http.ts';
import { type Answered, type Caller, createCaller, entryIn, listIn } from './call.ts';
import { malformed } from './errors.ts';
import {
  type BatchHeld,
  type HeldRecord,
  type HeldZone,
  nameIn,
  parseBatch,
  parseId,
  parseRecord,
  parseZone,
} from './reply.ts';
import { requireToken } from './schema.ts';
import { readZonePage, type ZonePage } from './zone-page.ts';

/** What a new record is made of. */
export interface RecordPost {
  readonly type: string;
  readonly name: string;
  readonly content: string;
  readonly ttl: number;
  readonly proxied: boolean;
  readonly comment?: string;
}

/** What changes in a record; what is left out stays as it is. */
export interface RecordPatch {
  readonly content?: string;
  readonly ttl?: number;
  readonly proxied?: boolean;
  readonly comment?: string;
}

/** Changes that the provider applies in this order in one transaction, or not at all. */
export interface Batch {
  readonly deletes?: readonly { readonly id: string }[];
  readonly patches?: readonly (RecordPatch & { readonly id: string })[];
  readonly posts?: readonly RecordPost[];
}

/** The API with one token. Failures are `AppError`s; after a write without a reply that settles it `dns_outcome_unknown` (R19). */
export interface Client {
  /** The records of one type at one name. Without `type` other types of the name would come back as well. */
  listRecords(zoneId: string, name: string, type: string, signal: AbortSignal): Promise<readonly HeldRecord[]>;
  /** All address records and CNAMEs of the zone, by one request. */
  listZone(zoneId: string, signal: AbortSignal): Promise<ZonePage>;
  /** The name of any record of the zone, or null where it has none. */
  anyName(zoneId: string, signal: AbortSignal): Promise<string | null>;
  createRecord(zoneId: string, post: RecordPost, signal: AbortSignal): Promise<HeldRecord>;
  /** `dns_rrset_drifted` when no record has this id any more. */
  patchRecord(zoneId: string, id: string, patch: RecordPatch, signal: AbortSignal): Promise<HeldRecord>;
  /** `dns_rrset_drifted` when no record has this id any more. */
  deleteRecord(zoneId: string, id: string, signal: AbortSignal): Promise<void>;
  /** Returns what the provider says that it holds now, of records that were patched and of new ones. */
  changeMany(zoneId: string, batch: Batch, signal: AbortSignal): Promise<BatchHeld>;
  /** Asks to change nothing in a record that cannot be: `dns_rrset_drifted` to whoever may change records, `dns_not_allowed` to others. */
  rehearse(zoneId: string, signal: AbortSignal): Promise<void>;
  findZones(name: string, signal: AbortSignal): Promise<readonly HeldZone[]>;
  /** Null where the token may not look at zones. */
  zone(zoneId: string, signal: AbortSignal): Promise<HeldZone | null>;
}

/** More records of one type at one name than this are not taken over: nobody has them by intention. */
const pageSize = 100;
/** The shortest page that the API gives. */
const fewest = 5;
/** No id that the provider gives out: they are random. */
const impossibleId = '0'.repeat(32);
/** A reply to a batch repeats its records. 3,500 of them are about 2 MB. */
const batchReplyBytes = 8 * 1024 * 1024;

/** Speaks to the API; throws `dns_token_malformed` at once for what cannot be a token. */
export function createClient(options: { readonly http: ApiHttp; readonly token: string }): Client {
  const caller = createCaller(options.http, requireToken(options.token));
  return { ...recordReads(caller), ...recordWrites(caller), ...zoneReads(caller) };
}

function recordReads(caller: Caller): Pick<Client, 'listRecords' | 'listZone' | 'anyName'> {
  const read = (path: string, signal: AbortSignal, replyLimitBytes?: number) =>
    caller.read({ path, ...(replyLimitBytes !== undefined && { replyLimitBytes }) }, signal, 'dns_token_lacks_scope');
  return {
    async listRecords(zoneId, name, type, signal) {
      const query = new URLSearchParams({ type, name, per_page: `${pageSize}` });
      const answered = await read(`${recordsOf(zoneId)}?${query}`, signal);
      const records = listIn(answered, parseRecord);
      if ((answered.envelope.totalCount ?? 0) > records.length)
        throw malformed(answered.asked, { because: 'too-many' });
      return records.filter((record) => record.type === type && record.name === name);
    },
    listZone: (zoneId, signal) =>
      readZonePage((query, replyLimitBytes) => read(`${recordsOf(zoneId)}?${query}`, signal, replyLimitBytes)),
    async anyName(zoneId, signal) {
      const answered = await read(`${recordsOf(zoneId)}?per_page=${fewest}`, signal);
      const names = listIn(answered, (entry) => ({ name: nameIn(entry) })).map(({ name }) => name);
      return names.find((name) => name !== null) ?? null;
    },
  };
}

type Writes = 'createRecord' | 'patchRecord' | 'deleteRecord' | 'changeMany' | 'rehearse';

function recordWrites({ send }: Caller): Pick<Client, Writes> {
  const record = (answered: Answered) => entryIn(answered, parseRecord);
  return {
    createRecord: async (zoneId, post, signal) =>
      record(await send({ method: 'POST', path: recordsOf(zoneId), body: post }, signal)),
    patchRecord: async (zoneId, id, patch, signal) =>
      record(await send({ method: 'PATCH', path: recordOf(zoneId, id), body: patch, namesRecord: true }, signal)),
    // Request and reply as the vendor's description of 2023 has them, and as clients were recorded: a body, which says nothing, and `success`
    // that may be left out.
    async deleteRecord(zoneId, id, signal) {
      const path = recordOf(zoneId, id);
      const answered = await send({ method: 'DELETE', path, body: {}, namesRecord: true, isBare: true }, signal);
      const gone = entryIn(answered, parseId);
      if (gone !== id) throw malformed(answered.asked, { because: 'other-record', holds: gone });
    },
    async changeMany(zoneId, batch, signal) {
      const path = `${recordsOf(zoneId)}/batch`;
      const call = { method: 'POST', path, body: batch, namesRecord: true, replyLimitBytes: batchReplyBytes } as const;
      return entryIn(await send(call, signal), parseBatch);
    },
    async rehearse(zoneId, signal) {
      const path = recordOf(zoneId, impossibleId);
      await send({ method: 'PATCH', path, body: {}, namesRecord: true, isRehearsal: true }, signal);
    },
  };
}

function zoneReads({ send, read }: Caller): Pick<Client, 'findZones' | 'zone'> {
  return {
    async findZones(name, signal) {
      const path = `/zones?${new URLSearchParams({ name })}`;
      return listIn(await read({ path }, signal, 'dns_zone_id_needed'), parseZone);
    },
    async zone(zoneId, signal) {
      try {
        const answered = await send({ method: 'GET', path: zonePath(zoneId) }, signal);
        return parseZone(answered.envelope.result);
      } catch (error) {
        if (isAppError(error, 'dns_token_refused') || isAppError(error, 'dns_token_restricted')) return null;
        throw error;
      }
    },
  };
}

function zonePath(zoneId: string): string {
  return `/zones/${encodeURIComponent(zoneId)}`;
}

function recordsOf(zoneId: string): string {
  return `${zonePath(zoneId)}/dns_records`;
}

function recordOf(zoneId: string, id: string): string {
  return `${recordsOf(zoneId)}/${encodeURIComponent(id)}`;
}
