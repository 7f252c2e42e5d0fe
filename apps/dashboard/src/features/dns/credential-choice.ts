import type { CredentialView, PoolView } from '@serverctl/contract';
import { hasProxy, placeOf } from './providers.ts';

/** A credential as the form of a name offers it. */
export interface CredentialChoice {
  readonly id: string;
  readonly word: string;
  /** Whether its provider has an edge that can answer in place of the member, as far as that is known here. */
  readonly canProxy: boolean;
  /** A zone that it writes; null = none is known. */
  readonly zone: string | null;
}

/** By its name, then what it is. */
export const choiceOf = ({ id, name, settings, provider, preflight }: CredentialView): CredentialChoice => ({
  id,
  word: `${name}, ${settings.provider} at ${placeOf(settings)}`,
  canProxy: hasProxy(provider),
  zone: preflight?.[0]?.zone ?? null,
});

/**
 * For who may read no credential, which belong to no pool: those that write names of this pool, by these names. The API lets them use these, and
 * no other (usable-credential.ts).
 */
export function usedChoices({ status: { bindings } }: Pick<PoolView, 'status'>): readonly CredentialChoice[] {
  const ids = new Set(bindings.map(({ credentialId }) => credentialId));
  return [...ids].map((id) => {
    const own = bindings.filter(({ credentialId }) => credentialId === id);
    const names = [...new Set(own.map(({ name }) => name))];
    return {
      id,
      word: `the one of ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`,
      canProxy: own.some(({ proxied, edge }) => proxied !== null || edge !== 'silent'),
      zone: own[0]?.zone ?? null,
    };
  });
}
