import type { BindingInput, BindingPatch, BindingStatus, TestInput } from '@serverctl/contract';
import type { ChangeLine } from '../../ui/act-dialog.tsx';
import { proxiedText } from './words.ts';

export type ProxiedWish = 'keep' | 'on' | 'off';
export type Families = NonNullable<BindingInput['families']>;

/** What stands in the form of a name. */
export interface NameDraft {
  readonly credentialId: string;
  readonly zone: string;
  readonly name: string;
  readonly families: Families;
  readonly ttl: string;
  readonly proxied: ProxiedWish;
}

export const defaultTtl = '60';

export const proxiedChoices = [
  { value: 'keep', word: 'As it is; a new record is not' },
  { value: 'on', word: 'On: the provider’s edge answers' },
  { value: 'off', word: 'Off: clients reach the member itself' },
] as const;

export const familyChoices = [
  { value: 'ipv4', word: 'IPv4: an A' },
  { value: 'ipv6', word: 'IPv6: an AAAA' },
  { value: 'both', word: 'Both: an A and an AAAA' },
] as const;

const typesOf: Readonly<Record<Families, readonly ('A' | 'AAAA')[]>> = {
  ipv4: ['A'],
  ipv6: ['AAAA'],
  both: ['A', 'AAAA'],
};

export const proxiedOf = (wish: ProxiedWish): boolean | null => (wish === 'keep' ? null : wish === 'on');
export const wishOf = (proxied: boolean | null): ProxiedWish => (proxied === null ? 'keep' : proxied ? 'on' : 'off');

/** Null = it is none. */
export function ttlOf(text: string): number | null {
  const seconds = Number(text.trim());
  return /^\d+$/.test(text.trim()) && seconds >= 1 && seconds <= 86_400 ? seconds : null;
}

export const ttlProblem = (text: string): string | null =>
  ttlOf(text) === null ? 'A TTL is a number of seconds from 1 to 86400.' : null;

/** What is still to be said before the name can be managed; null = nothing. */
export function missingIn({ credentialId, zone, name, ttl }: NameDraft): string | null {
  if (credentialId === '') return 'Choose a credential.';
  if (zone.trim() === '') return 'Give the zone.';
  if (name.trim() === '') return 'Give the name.';
  return ttlProblem(ttl);
}

/** One for each record; none while something is missing. */
export function trialInputs(draft: NameDraft): readonly TestInput[] {
  const ttlSeconds = ttlOf(draft.ttl);
  if (missingIn(draft) !== null || ttlSeconds === null) return [];
  const { zone, name, families, proxied } = draft;
  return typesOf[families].map((type) => ({
    zone: zone.trim(),
    name: name.trim(),
    type,
    ttlSeconds,
    proxied: proxiedOf(proxied),
  }));
}

export function bindingInputOf({ credentialId, zone, name, families, ttl, proxied }: NameDraft): BindingInput {
  return {
    credentialId,
    zone: zone.trim(),
    name: name.trim(),
    families,
    ttlSeconds: ttlOf(ttl) ?? Number(defaultTtl),
    proxied: proxiedOf(proxied),
  };
}

export type NameSettings = Pick<NameDraft, 'credentialId' | 'ttl' | 'proxied'>;

/** Of two records that differ, the first one’s. */
export function settingsOf({ credentialId, ttlSeconds, proxied }: BindingStatus): NameSettings {
  return { credentialId, ttl: String(ttlSeconds), proxied: wishOf(proxied) };
}

/** Only what differs in any of the records: a patch resets nothing else. */
export function patchOf(records: readonly BindingStatus[], { credentialId, ttl, proxied }: NameSettings): BindingPatch {
  const ttlSeconds = ttlOf(ttl);
  const wish = proxiedOf(proxied);
  return {
    ...(ttlSeconds !== null && records.some((one) => one.ttlSeconds !== ttlSeconds) && { ttlSeconds }),
    ...(records.some((one) => one.proxied !== wish) && { proxied: wish }),
    ...(records.some((one) => one.credentialId !== credentialId) && { credentialId }),
  };
}

/** What a patch changes of each record, a line for what goes and one for what comes. */
export function patchLines(
  records: readonly BindingStatus[],
  patch: BindingPatch,
  nameOf: (credentialId: string) => string,
): readonly ChangeLine[] {
  return records.flatMap(({ type, ttlSeconds, proxied, credentialId }) => {
    const pairs = [
      patch.ttlSeconds !== undefined && ['TTL', `${ttlSeconds} s`, `${patch.ttlSeconds} s`],
      patch.proxied !== undefined && ['proxied', proxiedText(proxied), proxiedText(patch.proxied)],
      patch.credentialId !== undefined && ['credential', nameOf(credentialId), nameOf(patch.credentialId)],
    ];
    return pairs.flatMap((pair): ChangeLine[] => {
      if (pair === false || pair[1] === pair[2]) return [];
      const [what, before, after] = pair;
      return [
        { sign: '-', text: `${type}  ${what} ${before}` },
        { sign: '+', text: `${type}  ${what} ${after}` },
      ];
    });
  });
}
