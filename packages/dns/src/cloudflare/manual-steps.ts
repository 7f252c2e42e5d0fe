import { formatMark, type RecordType } from '@serverctl/core';
import { type ManualStep, type MoveByHand, onlyOneOf } from '../manual-step.ts';

/** Where the API is and which zones' ids are known, as far as it is no secret. */
export interface CloudflarePlace {
  readonly apiBase: string;
  readonly zoneIds?: Readonly<Record<string, string>>;
}

const otherType: Readonly<Record<RecordType, RecordType>> = { A: 'AAAA', AAAA: 'A' };

/**
 * The record moved in the dashboard, or by curl: one PATCH of its address alone. Comment, and with it the mark, TTL and proxied stay as they
 * are, so the control plane takes the change for a person's (R18, R21). The provider knows no condition: the mark is looked at before. A and
 * AAAA of a name are records of their own, each with its own mark and its own steps.
 */
export function cloudflareManualSteps(place: CloudflarePlace, move: MoveByHand): readonly ManualStep[] {
  const { ref, mark, targets } = move;
  const records = `${baseOf(place)}/zones/${zoneIdOf(place, move)}/dns_records`;
  const list = targets.map(({ hostname, address }) => `${address} (${hostname})`).join(', ');
  return [
    {
      text: `In the dashboard: the zone ${ref.zone}, DNS, Records, the ${ref.type} record ${ref.name}: ${mark === null ? 'Edit (Add record where there is none yet)' : 'Edit'}, set the address to one of ${list}, Save. Leave its comment, TTL and proxy status as they are, and the ${otherType[ref.type]} record of the name, which has steps of its own where it is managed. That is all; what follows is the same by curl.`,
      commands: [],
    },
    {
      text: 'Have a line “Authorization: Bearer TOKEN” in a file, with an API token that may edit DNS in this zone: the one stored here is not kept in this copy. In what follows the file is called HEADERFILE.',
      commands: [],
    },
    ...findZoneStep(place, move),
    {
      text: `Look at what stands there now: the record’s id, its address, and our mark at the end of its comment, ${mark === null ? 'where none is known' : `“${formatMark(mark)}”`}. Another epoch= or by= is a promotion that is not known here; another cp= or pool= is somebody else: find out first. Two records: edit one and delete the other in the dashboard.`,
      commands: [`curl -sS -H @HEADERFILE '${records}?type=${ref.type}&name=${ref.name}'`],
    },
    ...targets.map(({ hostname, address }) => ({
      text: `${onlyOneOf(move)}The ${ref.type} record of ${ref.name} to ${hostname}, ${address}: put the record’s id in place of RECORD_ID. “"success":true” says that it is done; clients follow within the TTL, at once where it is proxied.`,
      commands: [
        `curl -sS -X PATCH -H @HEADERFILE -H 'Content-Type: application/json' --data '{"content":"${address}"}' '${records}/RECORD_ID'`,
      ],
    })),
  ];
}

function findZoneStep(place: CloudflarePlace, { ref }: MoveByHand): readonly ManualStep[] {
  if (new Map(Object.entries(place.zoneIds ?? {})).has(ref.zone)) return [];
  return [
    {
      text: 'Find the zone’s id, on its overview page or so, and put it in place of ZONE_ID.',
      commands: [`curl -sS -H @HEADERFILE '${baseOf(place)}/zones?name=${ref.zone}'`],
    },
  ];
}

function zoneIdOf({ zoneIds }: CloudflarePlace, { ref }: MoveByHand): string {
  const stored = new Map(Object.entries(zoneIds ?? {})).get(ref.zone);
  return stored?.replace(/[^0-9A-Za-z]/g, '') ?? 'ZONE_ID';
}

/** Goes into a shell between single quotes: of what was stored as an address, only what addresses are written with. */
function baseOf({ apiBase }: CloudflarePlace): string {
  return apiBase.replace(/[^\w.:%/[\]-]/g, '').replace(/\/+$/, '');
}
