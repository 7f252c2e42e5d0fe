import { X509Certificate } from 'node:crypto';
import { hourMs } from '@serverctl/core';
import type { Logger } from 'pino';
import type { Clock } from '../platform/clock.ts';
import { readCertificates, type TlsSource } from './material.ts';
import { hostOf, namesHost } from './names.ts';

const dayMs = 24 * hourMs;
const soonMs = 14 * dayMs;
const caSoonMs = 365 * dayMs;

export interface WarningOptions {
  readonly source: TlsSource;
  readonly clock: Pick<Clock, 'wallTime'>;
  readonly log: Logger;
  readonly publicUrls: readonly string[];
}

/** What works now and will not for agents: neither ends a start, since a person may be about to mend it. */
export function tellWarnings({ source, clock, log, publicUrls }: WarningOptions): void {
  const { certificatePem, caPem } = source.current();
  const now = clock.wallTime();
  const server = new X509Certificate(certificatePem);
  const { validFromDate, validToDate } = server;
  const leftMs = validToDate.getTime() - now.getTime();
  if (validFromDate > now) log.warn({ validFrom: validFromDate }, 'the certificate is not valid yet; agents refuse it');
  if (leftMs <= 0) log.warn({ validTo: validToDate }, 'the certificate has expired; agents refuse it: renew it');
  else if (leftMs < soonMs)
    log.warn({ validTo: validToDate }, 'the certificate expires soon; agents refuse it then: renew it');
  for (const url of publicUrls.filter((one) => !namesHost(server, hostOf(one)))) {
    log.warn(
      { url },
      'the certificate does not name the host of this public URL; agents refuse it there, unless a proxy shows another',
    );
  }
  for (const ca of caPem === null ? [] : readCertificates(caPem)) {
    if (ca.validToDate.getTime() - now.getTime() < caSoonMs)
      log.warn(
        { subject: ca.subject, validTo: ca.validToDate },
        'the CA that agents trust ends within a year; hosts need a new one before',
      );
  }
}
