import { isIP } from 'node:net';
import type { CredentialPatch } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import { type CpanelTrust, prepareTrust } from '@serverctl/dns';
import type { z } from 'zod';
import type { SettingsOf } from './kind.ts';

/** What both panels are set up with. */
export type PanelSettings = SettingsOf<'cpanel'> | SettingsOf<'whm'>;
type Patch = NonNullable<z.output<typeof CredentialPatch>['settings']>;

/** What the panel's certificate is held against. */
export function trustOf({ ca, pin, serverName }: PanelSettings): CpanelTrust {
  return { ...(ca !== null && { ca }), ...(pin !== null && { pin }), ...(serverName !== null && { serverName }) };
}

/**
 * Settings in the form in which they are stored: certificates alone out of what was pasted as `ca`, so that a private key beside them is
 * dropped, and host and pin in one spelling. Throws `url_invalid` for a host that is none, `dns_panel_trust_invalid` else, also where `ca` and
 * `pin` are both given: a pin stands in the place of any authority, and whoever gave both believes in a check that is not made.
 */
export function storedPanel<Settings extends PanelSettings>(settings: Settings): Settings {
  if (settings.ca !== null && settings.pin !== null) {
    const because = 'ca and pin are both given: give one of them, and null for the other one';
    throw new AppError('dns_panel_trust_invalid', { field: 'pin', because });
  }
  const { ca, pin, serverName } = prepareTrust(trustOf(settings));
  return { ...settings, host: panelHost(settings.host), ca: ca?.join('') ?? null, pin, serverName };
}

/**
 * A panel's host in the one spelling in which it is stored and asked. It becomes part of an address: nothing but a name, or an IP address.
 * Throws `url_invalid`.
 */
export function panelHost(text: string): string {
  const host = text.toLowerCase().replace(/\.$/, '');
  if (isIP(host) !== 0 || /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(host)) return host;
  throw new AppError('url_invalid', {
    field: 'host',
    because: 'a host is a name or an address, without https and without a port',
  });
}

/**
 * What the token is needed again for: whatever says who gets it. That is the place (host, port) and the account (user), and just as much the
 * proof: with another authority, pin or name a server that the token was not entered for would be believed at the same host, and whoever can
 * change a credential, and answer in the panel's place, would be sent a secret that they were never to see. Less would be enough where the new
 * proof accepts nobody whom the old one did not; there is no such change that can be told without asking the panel, so all are alike.
 */
const attested = ['host', 'port', 'user', 'serverName', 'ca', 'pin'] as const;

/** Settings after a patch; what it does not name stays. Throws as `storedPanel` does. */
export function patchPanel(before: PanelSettings, patch: Patch) {
  const settings = storedPanel({
    ...before,
    host: patch.host ?? before.host,
    port: patch.port ?? before.port,
    user: patch.user ?? before.user,
    serverName: patch.serverName === undefined ? before.serverName : patch.serverName,
    ca: patch.ca === undefined ? before.ca : patch.ca,
    pin: patch.pin === undefined ? before.pin : patch.pin,
  });
  const isMoved = attested.some((field) => settings[field] !== before[field]);
  return { settings, secret: patch.token, isMoved };
}
