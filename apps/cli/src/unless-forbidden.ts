import { isAppError } from '@serverctl/core';

/** The answer to a side question of a command, or null where who asks may not have it: the command says what it may without. */
export async function unlessForbidden<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    if (isAppError(error) && error.category === 'forbidden') return null;
    throw error;
  }
}
