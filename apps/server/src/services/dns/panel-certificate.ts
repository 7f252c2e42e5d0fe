import type { PanelCertificate, PanelCertificateInput } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import { lookAtCertificate, prepareTrust } from '@serverctl/dns';
import type { z } from 'zod';
import type { ServiceDeps } from '../deps.ts';
import { panelHost } from '../dns-providers/panel-settings.ts';

/**
 * The certificate that is shown there, for a person to compare with what the panel's own administrator says, before it is pinned. Looked up
 * and checked like every target (R40); the handshake is all that is said, and nothing is stored. Throws what a look-up throws,
 * `url_invalid` for a host and `dns_panel_trust_invalid` for a name that is none, `dns_unreachable` where no handshake comes about.
 */
export async function lookAtPanel(
  { outbound, clock }: Pick<ServiceDeps, 'outbound' | 'clock'>,
  { host: written, port, serverName: wished }: z.output<typeof PanelCertificateInput>,
): Promise<PanelCertificate> {
  const host = panelHost(written);
  const { serverName } = prepareTrust(wished === null ? {} : { serverName: wished });
  return outbound.reach(host, port, async ({ address }, signal) => {
    const shown = await lookAtCertificate({ address, port, name: serverName ?? host }, signal);
    const { sha256, subject, issuer, names, notBefore, notAfter, isSelfSigned, problem } = shown;
    return {
      ...{ host, port, address, sha256, subject, issuer, names: [...names], isSelfSigned, problem },
      notBefore: timeOf(notBefore),
      notAfter: timeOf(notAfter),
      isExpired: notAfter.getTime() <= clock.wallTime().getTime(),
    };
  });
}

/** A certificate may name times that no calendar of ours has. */
function timeOf(date: Date): string {
  if (Number.isNaN(date.getTime())) throw new AppError('dns_unreachable', { because: 'its certificate names no time' });
  return date.toISOString();
}
