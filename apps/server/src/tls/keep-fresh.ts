import { isAppError } from '@serverctl/core';
import type { Logger } from 'pino';
import type { Clock } from '../platform/clock.ts';
import type { TlsMaterial, TlsSource } from './material.ts';
import { tellWarnings } from './warnings.ts';

export interface KeepFreshOptions {
  readonly source: TlsSource;
  readonly clock: Pick<Clock, 'sleep' | 'wallTime'>;
  readonly log: Logger;
  readonly publicUrls: readonly string[];
  /** Puts new material into use for connections that come from now on. */
  readonly apply: (material: TlsMaterial) => void;
}

/** Looks for a new certificate until the signal aborts. A bad one is logged, once for each reason, and the present one stays in use. */
export async function keepFresh(options: KeepFreshOptions, signal: AbortSignal): Promise<void> {
  const { source, clock, log } = options;
  let told: string | null = null;
  await clock.sleep(source.everyMs, signal);
  while (!signal.aborted) {
    try {
      if (await source.refresh()) {
        options.apply(source.current());
        log.info({ validTo: source.current().validTo }, 'a new certificate is in use');
        tellWarnings(options);
      }
      told = null;
    } catch (error) {
      const reason = isAppError(error) ? JSON.stringify(error.details) : String(error);
      if (reason !== told)
        log.error({ err: error }, 'the new certificate cannot be used; the present one stays in use');
      told = reason;
    }
    await clock.sleep(source.everyMs, signal);
  }
}
