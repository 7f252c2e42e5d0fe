import { formatMark, markName } from '@serverctl/core';
import { type ManualStep, type MoveByHand, onlyOneOf } from '../manual-step.ts';
import { paths } from './client.ts';
import type { Panel } from './envelope.ts';

/** Where the panel is, whose account is used and what its certificate is held against: no secret is among it. */
export interface PanelPlace {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly serverName: string | null;
  readonly ca: string | null;
  readonly pin: string | null;
}

/** The record moved by a person who has the cPanel account. */
export function cpanelManualSteps(place: PanelPlace, move: MoveByHand): readonly ManualStep[] {
  const inPanel = `In cPanel, as ${shown(place.user)}: Domains, Zone Editor, Manage beside ${move.ref.zone}`;
  return stepsOf('cpanel', inPanel, place, move);
}

/** The record moved by a person who has WHM. */
export function whmManualSteps(place: PanelPlace, move: MoveByHand): readonly ManualStep[] {
  const inPanel = `In WHM, as ${shown(place.user)}: DNS Functions, DNS Zone Manager, Manage beside ${move.ref.zone}`;
  return stepsOf('whm', inPanel, place, move);
}

/**
 * In the panel's own editor, or by curl: one edit under the zone's serial, as the adapter makes it. The mark is left as it is, so that the
 * control plane takes the change for a person's (R18, R21); it is looked at before, and the serial is what makes the look hold: whatever
 * changes the zone in between, the panel refuses.
 */
function stepsOf(panel: Panel, inPanel: string, place: PanelPlace, move: MoveByHand): readonly ManualStep[] {
  const { ref, mark, targets } = move;
  const list = targets.map(({ hostname, address }) => `${address} (${hostname})`).join(', ');
  const what = mark === null ? 'Edit (Add Record where there is none yet)' : 'Edit';
  return [
    {
      text: `${inPanel}, the ${ref.type} record ${ref.name}: ${what}, set the address to one of ${list}, Save Record. Leave its TTL as it is, and the TXT record ${markName(ref)}: that is our mark, and one that the control plane did not write pauses the pool. That is all; what follows is the same by curl.`,
      commands: [],
    },
    {
      text: `Have a line “Authorization: ${panel} ${shown(place.user)}:TOKEN” in a file, with an API token that may edit this zone: the one stored here is not kept in this copy. In what follows the file is called HEADERFILE.`,
      commands: [],
    },
    ...trustSteps(place),
    {
      text: `Look at what stands there now, the line’s number first. ${markText(move)} Of the line SOA take the serial (the third of its fields), of the line ${ref.type} ${ref.name} the number: both are right together and until the next change of the zone alone, so look again before each try. Two such lines: edit one and delete the other in the panel.`,
      commands: [lookLine(panel, place, move)],
    },
    ...targets.map(({ hostname, address }) => ({
      text: `${onlyOneOf(move)}The ${ref.type} record of ${ref.name} to ${hostname}, ${address}: put the serial in place of SERIAL and the line’s number in place of LINE_INDEX. “new_serial” in the answer says that it is done; clients follow within the TTL, where each name server of the zone has got it.`,
      commands: [editLine(panel, place, move, address)],
    })),
    ...(mark === null ? [addStep(panel, place, move)] : []),
    {
      text: 'A serial that does not match: something else changed the zone meanwhile, and nothing was written. Look again and take serial and line_index from what comes then. In a DNS cluster ask each of the zone’s name servers afterwards: the panel’s answer says that it took the change, not that they have it.',
      commands: [`dig +nssearch ${ref.zone}`],
    },
  ];
}

/** The first record of a name has no line to edit. */
function addStep(panel: Panel, place: PanelPlace, move: MoveByHand): ManualStep {
  const [first] = move.targets;
  const address = first?.address ?? '';
  return {
    text: `Where no ${move.ref.type} record stands there yet it is added, here to ${first?.hostname}.`,
    commands: [editLine(panel, place, move, address, 'add')],
  };
}

function markText({ ref, mark }: MoveByHand): string {
  const at = `Our mark is the TXT record ${markName(ref)}`;
  if (mark === null)
    return `${at}; none is known to be there. One that is there all the same is somebody else’s, or of a promotion that is not known here: find out first.`;
  return `${at}: “${formatMark(mark)}”. Another epoch= or by= is a promotion that is not known here; another cp= or pool= is somebody else: find out first.`;
}

/** Base64 of each field, made readable; of a zone of many lines only those that matter. */
function lookLine(panel: Panel, place: PanelPlace, { ref }: MoveByHand): string {
  const lines = panel === 'cpanel' ? '.data[]' : '.data.payload[]';
  const fields = '[.line_index, (.dname_b64 | @base64d), .record_type, .ttl, (.data_b64 | map(@base64d) | join(" "))]';
  const { parse, fixed } = paths[panel];
  const url = `${baseOf(place)}${parse}?${fixed}zone=${ref.zone}`;
  const readable = `jq -r '${lines} | select(.type == "record") | ${fields} | @tsv'`;
  return `${curl(place)} '${url}' | ${readable} | grep -E 'SOA|${labelOf(ref)}'`;
}

function editLine(
  panel: Panel,
  place: PanelPlace,
  { ref, ttlSeconds }: MoveByHand,
  address: string,
  how: 'edit' | 'add' = 'edit',
): string {
  const { edit, fixed } = paths[panel];
  const line = { dname: `${ref.name}.`, ttl: ttlSeconds, record_type: ref.type, data: [address] };
  const text = JSON.stringify(line).replace('{', how === 'edit' ? '{"line_index":LINE_INDEX,' : '{');
  const url = `${baseOf(place)}${edit}${fixed === '' ? '' : `?${fixed.replace(/&$/, '')}`}`;
  const form = [`zone=${ref.zone}`, 'serial=SERIAL', `${how}=${text}`].map((one) => `--data-urlencode '${one}'`);
  return `${curl(place)} ${form.join(' ')} '${url}'`;
}

/** curl knows no fingerprint of a certificate: so the certificate is compared by a person, and is then its own authority. */
function trustSteps(place: PanelPlace): readonly ManualStep[] {
  const { ca, pin, host, port } = place;
  if (pin !== null)
    return [
      {
        text: `The panel’s certificate is pinned: take it into a file, here called CAFILE, and compare its fingerprint with ${pin.replace(/[^0-9A-F]/gi, '')}. Another one: do not go on with curl. curl wants a name that the certificate is for: the last line shows them; put one in place of CERTNAME in what follows. One that is for no name, or over by now, does not work with curl: use the panel’s own editor.`,
        commands: [
          `openssl s_client -connect ${hostText(host)}:${port}${nameOption(place)} </dev/null 2>/dev/null | openssl x509 -out CAFILE`,
          "openssl x509 -in CAFILE -noout -sha256 -fingerprint | tr -d ':'",
          'openssl x509 -in CAFILE -noout -subject -ext subjectAltName',
        ],
      },
    ];
  if (ca === null) return [];
  const pem = ca.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  return [
    {
      text: 'Have the authorities that the panel’s certificate is held against in a file, here called CAFILE.',
      commands: ["cat > CAFILE <<'END'", ...pem.flatMap((one) => one.split('\n')), 'END'],
    },
  ];
}

function curl(place: PanelPlace): string {
  const trusted = place.ca !== null || place.pin !== null ? ' --cacert CAFILE' : '';
  const { host, port } = place;
  const name = provenName(place);
  const elsewhere = name === null ? '' : ` --connect-to ${name}:${port}:${hostText(host)}:${port}`;
  return `curl -sS${trusted}${elsewhere} -H @HEADERFILE`;
}

/** What curl holds the certificate against in the host's place; null = the host. A pin is believed for whatever name, and curl for one alone. */
function provenName({ pin, serverName }: PanelPlace): string | null {
  if (pin !== null) return 'CERTNAME';
  return serverName === null ? null : hostText(serverName);
}

function nameOption({ serverName }: PanelPlace): string {
  return serverName === null ? '' : ` -servername ${hostText(serverName)}`;
}

function baseOf(place: PanelPlace): string {
  return `https://${provenName(place) ?? hostText(place.host)}:${place.port}`;
}

/** Goes into a shell: of what was stored as a host, only what names and addresses are written with. */
function hostText(host: string): string {
  const text = host.replace(/[^\w.:-]/g, '');
  return text.includes(':') ? `[${text}]` : text;
}

/** Goes into a text that people copy from: one word. */
function shown(user: string): string {
  return user.replace(/[^\x21-\x7e]/g, '');
}

/** The name is written below the zone, or in full. */
function labelOf({ name, zone }: MoveByHand['ref']): string {
  const below = name === zone ? name : name.slice(0, -zone.length - 1);
  return below.replace(/[^\w-]/g, '.');
}
