import { isAppError } from '@serverctl/core';
import type { Answers } from './prompt.ts';

/** Tries without a code, and with one where the account has an authenticator: only the control plane knows that. */
export async function withSecondFactor<Proved>(
  answers: Answers,
  attempt: (factor: { readonly code?: string }) => Promise<Proved>,
): Promise<Proved> {
  try {
    return await attempt({});
  } catch (error) {
    if (!isAppError(error, 'second_factor_required')) throw error;
    return attempt({ code: await answers.secret('Code of the authenticator') });
  }
}
