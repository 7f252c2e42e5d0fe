import type { Client } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import { answersFrom, canAsk, untilRight } from './prompt.ts';
import { withSecondFactor } from './second-factor.ts';

/**
 * Gives the password, and the code where the account has one, once more: for what is dangerous (R39). Throws `step_up_required` with the way
 * out where nobody can be asked. `client` is one that asks for no proof itself.
 */
export async function proveAnew(client: Client, json: boolean): Promise<void> {
  if (!canAsk(json)) {
    const because =
      'nobody can be asked here; sign in first (serverctl sign-in --password-file FILE), it is such a proof';
    throw new AppError('step_up_required', { because });
  }
  process.stderr.write('This needs a new proof of who you are. It holds for ten minutes.\n');
  const answers = answersFrom(null, undefined, json);
  await untilRight(['password_wrong', 'second_factor_wrong'], 'That was not right: once more.', async () => {
    const password = await answers.secret('Password');
    return withSecondFactor(answers, (factor) => client.session.stepUp({ password, ...factor }));
  });
}
