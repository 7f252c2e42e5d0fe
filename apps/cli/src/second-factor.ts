import { isAppError } from '@serverctl/core';
import type { Answers } from './prompt.ts';

/** What proves somebody beside the password. */
interface Factor {
  readonly code?: string;
  readonly recoveryCode?: string;
}

/** Tries without one, and with one where the account has an authenticator: only the control plane knows that. */
export async function withSecondFactor<Proved>(
  answers: Answers,
  attempt: (factor: Factor) => Promise<Proved>,
): Promise<Proved> {
  try {
    return await attempt({});
  } catch (error) {
    if (!isAppError(error, 'second_factor_required')) throw error;
    return attempt(factorIn(await answers.secret('Code of the authenticator, or a recovery code')));
  }
}

/** Six digits, as an authenticator shows them in two groups, are its code; recovery codes are longer. */
function factorIn(answer: string): Factor {
  const digits = answer.replaceAll(/\s/g, '');
  return /^\d{6}$/.test(digits) ? { code: digits } : { recoveryCode: answer };
}
