/*
 * What can be said of a new password before the control plane judges it: its length, and what would be refused for certain. The words that a
 * guesser tries are known to the server alone (R39): nothing here says that a password will be taken.
 */

export const shortestPassword = 15;
const longestPassword = 128;
const fewestDifferent = 6;

export interface PasswordWords {
  /** Of four. */
  readonly level: 0 | 1 | 2 | 3 | 4;
  readonly text: string;
  /** Refused as it stands. */
  readonly wrong: boolean;
}

export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
}

export function passwordWords(password: string, owner: PasswordOwner): PasswordWords {
  const length = [...password].length;
  if (length === 0)
    return {
      level: 0,
      text: '15 characters or more. A few words in a row are easy to keep in mind and hard to guess.',
      wrong: true,
    };
  if (length < shortestPassword)
    return { level: 1, text: `${length} of at least ${shortestPassword} characters.`, wrong: true };
  if (password.length > longestPassword)
    return { level: 1, text: `${password.length} characters; at most ${longestPassword} are taken.`, wrong: true };
  const guess = easyBecause(password, owner);
  if (guess !== null) return { level: 1, text: `Too easy to guess: it ${guess}.`, wrong: true };
  if (length < 20) return { level: 2, text: 'Long enough. Longer is harder to guess.', wrong: false };
  return length < 26
    ? { level: 3, text: 'Hard to guess, unless it is a known phrase.', wrong: false }
    : { level: 4, text: 'Very hard to guess, unless it is a known phrase.', wrong: false };
}

/** The cheap ones of the server's own rules. */
function easyBecause(password: string, { email, name }: PasswordOwner): string | null {
  const bare = bareOf(password);
  const own = [email, email.split('@')[0] ?? '', name].map(bareOf).filter((part) => [...part].length >= 4);
  if (own.some((part) => bare.includes(part))) return 'contains your name or your e-mail address';
  if (/^\d*$/.test(bare) || new Set(bare).size < fewestDifferent) return 'is made of digits, or of very few characters';
  return null;
}

const bareOf = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
