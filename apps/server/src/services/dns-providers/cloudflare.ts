import { type CloudflareOptions, createCloudflareProvider } from '@serverctl/dns';
import { httpOver } from './http-over.ts';
import type { Kind, KindPorts, SettingsOf } from './kind.ts';

export type CreateCloudflare = (options: CloudflareOptions) => ReturnType<typeof createCloudflareProvider>;

/**
 * What the plans differ in, as documented by the vendor (developers.cloudflare.com/dns: record attributes, TTL, batch changes): characters of a
 * comment, lowest TTL in seconds, changes in one call.
 */
export const planLimits = {
  free: { commentLimit: 100, ttlFloorSeconds: 60, batchLimit: 200 },
  paid: { commentLimit: 500, ttlFloorSeconds: 60, batchLimit: 3_500 },
  enterprise: { commentLimit: 500, ttlFloorSeconds: 30, batchLimit: 3_500 },
} as const satisfies Readonly<Record<SettingsOf<'cloudflare'>['plan'], object>>;

/** Zones of Cloudflare; each credential has connections of its own, each of them checked (R40). */
export function cloudflareKind(
  { outbound, instance }: KindPorts,
  create: CreateCloudflare = createCloudflareProvider,
): Kind<SettingsOf<'cloudflare'>> {
  return {
    open: ({ apiBase, zoneIds, plan }, token) =>
      create({ http: httpOver(outbound.openApi(apiBase)), token, instance, zoneIds, ...planLimits[plan] }),
    check: ({ apiBase }) => outbound.openApi(apiBase).check(),
  };
}
