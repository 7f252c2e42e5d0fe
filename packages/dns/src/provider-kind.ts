import type { CloudflarePlace } from './cloudflare/manual-steps.ts';
import type { PanelPlace } from './cpanel/manual-steps.ts';
import type { Rfc2136Place } from './rfc2136/manual-steps.ts';

/** What each kind of provider is set up with, as far as it is no secret. A new kind is added here first, then whatever no longer compiles. */
export interface ProviderPlaces {
  readonly cloudflare: CloudflarePlace;
  readonly cpanel: PanelPlace;
  readonly rfc2136: Rfc2136Place;
  readonly whm: PanelPlace;
}

/** Every kind of provider that there is. */
export type ProviderKind = keyof ProviderPlaces;

/** Settings that say of which kind they are. */
export type ProviderSettings = {
  [Kind in ProviderKind]: { readonly provider: Kind } & ProviderPlaces[Kind];
}[ProviderKind];
