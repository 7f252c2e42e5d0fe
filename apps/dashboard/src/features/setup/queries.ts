import type { CredentialView, PoolView } from '@serverctl/contract';

/** "credential “knot-primary”, read at 09:20": of the credential of the pool's first name; null = not known. */
export function dnsNoteOf(
  { status }: PoolView,
  credentials: readonly CredentialView[],
  clock: (at: string) => string,
): string | null {
  const [binding] = status.bindings;
  const credential = credentials.find(({ id }) => id === binding?.credentialId);
  if (binding === undefined || credential === undefined) return null;
  const preflight = credential.preflight?.find(({ zone }) => zone === binding.zone);
  const named = `credential “${credential.name}”`;
  if (preflight === undefined) return `${named}, zone ${binding.zone}`;
  return preflight.state === 'failing'
    ? `${named} fails: ${preflight.message ?? 'no reason was given'}`
    : `${named}, read at ${clock(preflight.checkedAt)}`;
}
