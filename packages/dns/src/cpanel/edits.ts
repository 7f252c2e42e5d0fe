import { AppError, formatMark, markName, type RecordType, type WriteRequest } from '@serverctl/core';
import { addressIn, linesOf } from './view.ts';
import type { ZoneRecord, ZoneText } from './zone-text.ts';

/*
 * Records and marks of one name or many as one mass edit, which the panel applies as a whole or not at all (R18). Lines are edited where they
 * stand, so that no name is ever without an address (R20); no line of another name or type is named in it.
 *
 *   lines there | record wished             | none wished (AAAA only, R20) | the mark
 *   none        | add                       | nothing                      | add
 *   one         | edit it, or nothing where | remove it                    | edit it, or nothing where it says so already
 *               | it holds what is wished   |                              |
 *   several     | edit one, remove the rest | remove all                   | edit one, remove the rest
 *
 * An edit replaces the whole line, so name, TTL, type and data go with each.
 */

/** What a line shall say. */
interface Line {
  /** Absolute, with its dot: the panel puts the zone behind any other. */
  readonly dname: string;
  readonly ttl: number;
  readonly record_type: RecordType | 'TXT';
  readonly data: readonly string[];
}

/** One mass edit. */
export interface MassEdit {
  readonly add: readonly Line[];
  readonly edit: readonly (Line & { readonly line_index: number })[];
  /** Line indexes. */
  readonly remove: readonly number[];
}

/** Of a mark beside no record. */
const bareMarkTtlSeconds = 60;

/** The change that makes the zone hold what is asked for; empty where it does. A and AAAA of one name come with one mark, which they share. */
export function planEdits(zone: ZoneText, requests: readonly WriteRequest[]): MassEdit {
  const byName = Map.groupBy(requests, ({ ref }) => ref.name);
  return joined(
    [...byName.values()].flatMap((ofName) => [...ofName.map((one) => planRecord(zone, one)), planMark(zone, ofName)]),
  );
}

function planRecord(zone: ZoneText, request: WriteRequest): MassEdit {
  const { name, type } = request.ref;
  const { addresses } = linesOf(zone, request.ref);
  if (!('next' in request)) return { ...nothing, remove: addresses.map(({ lineIndex }) => lineIndex) };
  const { address, ttlSeconds: ttl } = request.next;
  const edits = replaceLines(addresses, { dname: `${name}.`, ttl, record_type: type, data: [address] });
  assertNeverEmpty(request, addresses, edits);
  return edits;
}

/** With the TTL of the record beside it. */
function planMark(zone: ZoneText, [request]: readonly WriteRequest[]): MassEdit {
  if (request === undefined) return nothing;
  const { ref, mark } = request;
  const { addresses, marks } = linesOf(zone, ref);
  const ttl = 'next' in request ? request.next.ttlSeconds : (addresses[0]?.ttlSeconds ?? bareMarkTtlSeconds);
  return replaceLines(marks, { dname: `${markName(ref)}.`, ttl, record_type: 'TXT', data: [formatMark(mark)] });
}

/**
 * An edit that the panel has nothing to carry out of, to ask what a token may do: sent under a serial that the zone has not. Were it carried
 * out all the same, it would say what its line says already, or leave a TXT that nobody asks for.
 */
export function rehearsalEdits(zone: ZoneText, request: Pick<WriteRequest, 'ref'>): MassEdit {
  const { ref } = request;
  const [held] = linesOf(zone, ref).addresses;
  const text = { dname: `_serverctl-probe.${ref.name}.`, ttl: bareMarkTtlSeconds, record_type: 'TXT' } as const;
  if (held === undefined) return { ...nothing, add: [{ ...text, data: ['serverctl probe: never written'] }] };
  const same = { dname: `${ref.name}.`, ttl: held.ttlSeconds, record_type: ref.type, data: [addressIn(held)] };
  return { ...nothing, edit: [{ line_index: held.lineIndex, ...same }] };
}

/** Whether nothing is to be changed. */
export function isNoEdit({ add, edit, remove }: MassEdit): boolean {
  return add.length + edit.length + remove.length === 0;
}

/** The parameters of a mass edit. Each edit is one JSON text; the second of a kind and those after it have a number behind the word. */
export function editParameters(zone: string, serial: number, { add, edit, remove }: MassEdit): URLSearchParams {
  const numbered = (word: string, values: readonly string[]) =>
    values.map((value, n): [string, string] => [n === 0 ? word : `${word}-${n}`, value]);
  return new URLSearchParams([
    ['zone', zone],
    ['serial', String(serial)],
    ...numbered('add', add.map(jsonOf)),
    ...numbered('edit', edit.map(jsonOf)),
    ...numbered('remove', remove.map(String)),
  ]);
}

const nothing: MassEdit = { add: [], edit: [], remove: [] };

function joined(all: readonly MassEdit[]): MassEdit {
  return {
    add: all.flatMap(({ add }) => add),
    edit: all.flatMap(({ edit }) => edit),
    remove: all.flatMap(({ remove }) => remove),
  };
}

function replaceLines(held: readonly ZoneRecord[], line: Line): MassEdit {
  const holding = held.find((one) => says(one, line));
  const [first] = held;
  const kept = holding ?? first;
  if (kept === undefined) return { ...nothing, add: [line] };
  const remove = held.filter((one) => one !== kept).map(({ lineIndex }) => lineIndex);
  return { add: [], edit: holding === undefined ? [{ line_index: kept.lineIndex, ...line }] : [], remove };
}

function says(held: ZoneRecord, { ttl, record_type, data }: Line): boolean {
  if (held.ttlSeconds !== ttl) return false;
  const fields = record_type === 'TXT' ? (held.fields ?? []) : [addressIn(held)];
  return fields.length === data.length && fields.every((field, n) => field === data[n]);
}

/** What can be removed here is an AAAA that shall go, or what stands beside the line that stays. Said once more where it would hurt (R20). */
function assertNeverEmpty({ ref }: WriteRequest, held: readonly ZoneRecord[], { add, remove }: MassEdit): void {
  const { name, type } = ref;
  const isKept = held.some(({ lineIndex }) => !remove.includes(lineIndex));
  const isAdded = add.some(({ record_type }) => record_type === type);
  if (!isKept && !isAdded) throw new AppError('internal', { name, because: 'the edit would empty the name (R20)' });
}

/** ASCII alone: names, addresses and marks are nothing else. */
function jsonOf(line: Line): string {
  return JSON.stringify(line);
}
