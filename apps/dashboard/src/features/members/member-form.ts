import type { MemberInput, MemberPatch, MemberView, PoolView } from '@serverctl/contract';
import { Failure } from '../../lib/failure.ts';

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

const listOf = (text: string): string[] => text.split(/[\s,;]+/).filter((entry) => entry !== '');

/** As the API takes it; what is wrong is the server's to say. */
export function inputOf(form: MemberForm): MemberInput {
  const units = listOf(form.units);
  return {
    ...settingsOf(form),
    template: form.template,
    ...(units.length > 0 && { units }),
  };
}

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
  const wished: MemberPatch = { ...settingsOf(form), units: listOf(form.units) };
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
  return Object.fromEntries(changed) as MemberPatch;
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
