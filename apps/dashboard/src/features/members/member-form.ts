import type { MemberInput, MemberPatch, MemberView, PoolView } from '@serverctl/contract';
import { Failure } from '../../lib/failure.ts';

/** As the server has the zone of a member for which nobody named one (R9). */
const unlabelled = 'unlabelled';

/** What stands in the fields of a member, as text. */
export interface MemberForm {
  readonly hostname: string;
  /** One a line. */
  readonly egress: string;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly template: MemberView['template'];
  readonly zone: string;
  readonly priority: string;
  readonly monitored: boolean;
  readonly units: string;
}
export type MemberField = keyof MemberForm;

/** The template's defaults, as the server has them too. */
export function emptyForm({ preset, status }: PoolView): MemberForm {
  const isBalancer = preset === 'haproxy';
  return {
    hostname: '',
    egress: '',
    ipv4: '',
    ipv6: '',
    template: isBalancer ? 'haproxy-balancer' : 'linux-server',
    zone: '',
    priority: String(Math.min(9_999, (status.members.length + 1) * 10)),
    monitored: isBalancer,
    units: 'haproxy.service',
  };
}

export const formOf = (view: MemberView): MemberForm => ({
  hostname: view.hostname,
  egress: view.allowedEgress.join('\n'),
  ipv4: view.publicIpv4 ?? '',
  ipv6: view.publicIpv6 ?? '',
  template: view.template,
  zone: view.zone,
  priority: String(view.priority),
  monitored: view.monitored,
  units: view.units.join(' '),
});

export const listOf = (text: string): string[] => text.split(/[\s,;]+/).filter((entry) => entry !== '');

/** As the API takes it; what is wrong is the server's to say. */
export const inputOf = (form: MemberForm): MemberInput => ({
  ...settingsOf(form),
  template: form.template,
  units: listOf(form.units),
});

function settingsOf({ hostname, egress, ipv4, ipv6, zone, priority, monitored }: MemberForm) {
  return {
    hostname: hostname.trim(),
    allowedEgress: listOf(egress),
    publicIpv4: ipv4.trim() === '' ? null : ipv4.trim(),
    publicIpv6: ipv6.trim() === '' ? null : ipv6.trim(),
    monitored,
    ...(zone.trim() !== '' && { zone: zone.trim() }),
    ...(priority.trim() !== '' && { priority: Number(priority) }),
  };
}

/** Only what was changed: what somebody else set meanwhile stays. */
export function patchOf(view: MemberView, form: MemberForm): MemberPatch {
  const before = formOf(view);
  // A zone that was emptied is none, as the hint beside it says; left out it would stay.
  const wished: MemberPatch = { zone: unlabelled, ...settingsOf(form), units: listOf(form.units) };
  const fields: readonly (readonly [MemberField, keyof MemberPatch])[] = [
    ['hostname', 'hostname'],
    ['egress', 'allowedEgress'],
    ['ipv4', 'publicIpv4'],
    ['ipv6', 'publicIpv6'],
    ['zone', 'zone'],
    ['priority', 'priority'],
    ['monitored', 'monitored'],
    ['units', 'units'],
  ];
  const changed = fields.filter(([field]) => form[field] !== before[field]).map(([, name]) => [name, wished[name]]);
  return Object.fromEntries(changed.filter(([, value]) => value !== undefined)) as MemberPatch;
}

/** Why it cannot be sent as it is; null = the server may judge it. */
export const lackIn = ({ hostname, egress, priority }: MemberForm): string | null => {
  if (hostname.trim() === '') return 'It needs a hostname.';
  if (egress.trim() === '') return 'It needs an address.';
  return /^\d+$/.test(priority.trim()) ? null : 'It needs a priority: 1 to 9999.';
};

/** Lists are sent whole: what somebody else put into one meanwhile would be lost. Which of those that are sent are not as they were. */
export function listsChanged(patch: MemberPatch, base: MemberView, now: MemberView): readonly string[] {
  const lists = [
    ['allowedEgress', 'May call from'],
    ['units', 'Units'],
  ] as const;
  return lists
    .filter(([name]) => patch[name] !== undefined && base[name].join('\n') !== now[name].join('\n'))
    .map(([name, word]) => `${word}: ${now[name].join(', ')}`);
}

const fieldOfName: Readonly<Record<string, MemberField>> = {
  hostname: 'hostname',
  allowedEgress: 'egress',
  publicIpv4: 'ipv4',
  publicIpv6: 'ipv6',
  template: 'template',
  zone: 'zone',
  priority: 'priority',
  monitored: 'monitored',
  units: 'units',
};
const fieldOfCode: Readonly<Record<string, MemberField>> = {
  hostname_invalid: 'hostname',
  member_hostname_taken: 'hostname',
  egress_invalid: 'egress',
  priority_out_of_range: 'priority',
  unit_invalid: 'units',
};

/** At which field a refusal belongs, and its words there; null = at none of them. */
export function refusalIn(error: unknown): { readonly field: MemberField; readonly words: string } | null {
  if (!(error instanceof Failure)) return null;
  const { field, value } = error.details as { readonly field?: unknown; readonly value?: unknown };
  const named = typeof field === 'string' ? fieldOfName[field.split(/[.[/]/)[0] ?? ''] : undefined;
  const at = named ?? fieldOfCode[error.code];
  if (at === undefined) return null;
  return { field: at, words: `${typeof value === 'string' ? `${value}: ` : ''}${error.message} ${error.remedy}` };
}
