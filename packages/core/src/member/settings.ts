import { isUnicastIpv4, isUnicastIpv6, parseEgressEntry, parseIpv4, parseIpv6 } from '../dns/address.ts';
import { parseHostname } from '../dns/name.ts';
import { AppError } from '../errors/app-error.ts';
import {
  defaultPriority,
  defaultUnit,
  type MemberSettings,
  type MemberTemplate,
  memberTemplates,
  unlabelledZone,
} from './member.ts';

/** Bounds of a member's settings. */
export const memberLimits = { egressEntries: 32, units: 16, priority: { least: 1, most: 9_999 } } as const;

type TemplateDefaults = 'template' | 'monitored' | 'units' | 'priority' | 'zone';

/** What a new member gets beside its hostname, egress and address: an HAProxy balancer is monitored, another host is not. */
export function defaultMemberSettings(template: MemberTemplate): Pick<MemberSettings, TemplateDefaults> {
  return {
    template,
    monitored: template === 'haproxy-balancer',
    units: [defaultUnit],
    priority: defaultPriority,
    zone: unlabelledZone,
  };
}

/** systemd.unit(5): at most 255 characters; an instance or a plain service, nothing that a path or an option could be. */
const unitPattern = /^[A-Za-z0-9:_.][A-Za-z0-9:_.\\-]*(?:@[A-Za-z0-9:_.\\-]*)?\.service$/;

const zonePattern = /^[a-z0-9._-]{1,64}$/;

/** A zone as it is stored, from what a person wrote: `EU-West-1a` and `eu-west-1a` fail together. `checkMemberSettings` says if it may be. */
export function zoneOf(text: string): string {
  return text.trim().toLowerCase();
}

/** Null when the settings may be stored, else the first thing wrong with them; details name the field and what it must be. */
export function checkMemberSettings(settings: MemberSettings): AppError | null {
  if (parseHostname(settings.hostname) === null) {
    return new AppError('hostname_invalid', { field: 'hostname', value: settings.hostname });
  }
  if (!memberTemplates.includes(settings.template)) {
    return new AppError('request_invalid', { field: 'template', because: `one of ${memberTemplates.join(', ')}` });
  }
  const { least, most } = memberLimits.priority;
  if (!Number.isInteger(settings.priority) || settings.priority < least || settings.priority > most) {
    return new AppError('priority_out_of_range', { field: 'priority', least, most });
  }
  if (!zonePattern.test(settings.zone)) return new AppError('zone_invalid', { field: 'zone', value: settings.zone });
  return checkEgress(settings.allowedEgress) ?? checkAddresses(settings) ?? checkUnits(settings);
}

function checkEgress(entries: readonly string[]): AppError | null {
  if (entries.length === 0 || entries.length > memberLimits.egressEntries) {
    return new AppError('egress_invalid', {
      field: 'allowedEgress',
      because: `1 to ${memberLimits.egressEntries} entries`,
    });
  }
  const wrong = entries.find((entry) => parseEgressEntry(entry) === null);
  return wrong === undefined ? null : new AppError('egress_invalid', { field: 'allowedEgress', value: wrong });
}

function checkAddresses({ publicIpv4, publicIpv6 }: MemberSettings): AppError | null {
  const ipv4 = publicIpv4 === null ? null : parseIpv4(publicIpv4);
  if (publicIpv4 !== null && (ipv4 === null || !isUnicastIpv4(ipv4)))
    return new AppError('public_address_invalid', { field: 'publicIpv4', value: publicIpv4 });
  const ipv6 = publicIpv6 === null ? null : parseIpv6(publicIpv6);
  if (publicIpv6 !== null && (ipv6 === null || !isUnicastIpv6(ipv6)))
    return new AppError('public_address_invalid', { field: 'publicIpv6', value: publicIpv6 });
  return null;
}

function checkUnits({ units, monitored }: MemberSettings): AppError | null {
  const wrong = units.find((unit) => !unitPattern.test(unit) || unit.length > 255);
  if (wrong !== undefined) return new AppError('unit_invalid', { field: 'units', value: wrong });
  const { units: most } = memberLimits;
  if (units.length > most || (monitored && units.length === 0) || new Set(units).size !== units.length) {
    return new AppError('unit_invalid', {
      field: 'units',
      because: `1 to ${most} different names on a monitored member`,
    });
  }
  return null;
}
