import { delimiter, dirname } from 'node:path';
import { findNamed, NamedMissing } from './named-binary.ts';

/**
 * Runs once before the tests (vitest.config.ts) and tells them where BIND is. By the environment, since packages/dns imports nothing of
 * the lab. Where there is none, the tests that need one say so themselves.
 */
export async function setup(): Promise<void> {
  try {
    const { named, dig, env } = await findNamed();
    process.env['SERVERCTL_BIND_PATH'] = [dirname(named), dirname(dig)].join(delimiter);
    process.env['SERVERCTL_BIND_LIBRARIES'] = env['LD_LIBRARY_PATH'] ?? '';
  } catch (error) {
    if (!(error instanceof NamedMissing)) throw error;
    console.warn(error.message);
  }
}
