import { commonPhrases, commonWords } from './password-words.ts';

/*
 * How easily a password is guessed, as the number of pieces that it is put together from. A piece is what a guesser tries as one:
 *
 *   a common word, or one that belongs to the user     passw0rd, anna
 *   a walk over the keyboard                           qaz, qwerty, q1w2e3
 *   a run of characters, three or more                 abc, 987, aaaa
 *   a year                                             1987, 2026
 *   three characters or more that came before          abcdabcd
 *   any other character
 *
 * The fewest pieces count. A password of five or fewer is refused, however long it is. Rejected: rules of composition (NIST SP 800-63B-4
 * section 3.1.1.2 forbids them), and a list of leaked passwords: of those with fifteen characters almost all are of this kind, and the lists
 * that are free to copy carry licences of their own.
 */
const fewestPieces = 6;

/** Whose password it is to be. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
}

/** Why the password is too easy to guess, in words that follow "it"; null = it is not. */
export function guessableBecause(password: string, { email, name }: PasswordOwner): string | null {
  const text = password.normalize('NFKC').toLowerCase();
  const bare = lettersAndDigits(text);
  const local = email.toLowerCase().split('@')[0] ?? '';
  const whole = [email, local, name].map((part) => lettersAndDigits(part.toLowerCase()));
  if (whole.some((part) => [...part].length >= 4 && bare.includes(part)))
    return 'contains the name or the e-mail address of its user';
  if (commonPhrases.has(bare)) return 'is a well-known phrase';
  if (/^\d*$/.test(bare) || new Set(bare).size < fewestPieces) return 'is made of digits, or of very few characters';
  const words = new Set([...commonWords, ...ownWords(email, name)]);
  const pieces = Math.min(...[...readings(text)].map((reading) => countPieces(reading, words)));
  return pieces < fewestPieces ? 'is made of common words, repeats or runs of keys alone' : null;
}

/** The fewest pieces that the text can be put together from. */
function countPieces(text: string, words: ReadonlySet<string>): number {
  const fewest = [0];
  for (let end = 1; end <= text.length; end += 1) {
    let best = (fewest[end - 1] ?? 0) + 1;
    for (let start = Math.max(0, end - longestPiece); start <= end - 3; start += 1) {
      const before = fewest[start] ?? 0;
      if (before + 1 < best && isPiece(text, start, end, words)) best = before + 1;
    }
    fewest.push(best);
  }
  return fewest[text.length] ?? 0;
}

/** Bounds the work: a longer run is two pieces. */
const longestPiece = 40;

function isPiece(text: string, start: number, end: number, words: ReadonlySet<string>): boolean {
  const piece = text.slice(start, end);
  if (words.has(piece) || /^(?:19|20)\d\d$/.test(piece)) return true;
  return text.slice(0, start).includes(piece) || isRun(piece) || isWalk(piece);
}

/** Each character the same number of code points after the one before it: 0, 1 or -1. */
function isRun(piece: string): boolean {
  const step = piece.charCodeAt(1) - piece.charCodeAt(0);
  if (Math.abs(step) > 1) return false;
  for (let at = 2; at < piece.length; at += 1)
    if (piece.charCodeAt(at) - piece.charCodeAt(at - 1) !== step) return false;
  return true;
}

const rows = ['1234567890-=', 'qwertyuiop[]', "asdfghjkl;'", 'zxcvbnm,./'];
const places = new Map(rows.flatMap((row, y) => [...row].map((key, x) => [key, { x, y }] as const)));

/** Each key beside the one before it, or the same: three in one line, or four that turn. */
function isWalk(piece: string): boolean {
  const lines = new Set<string>();
  for (let at = 1; at < piece.length; at += 1) {
    const here = places.get(piece.charAt(at));
    const before = places.get(piece.charAt(at - 1));
    if (here === undefined || before === undefined) return false;
    const [right, down] = [here.x - before.x, here.y - before.y];
    if (Math.abs(right) > 1 || Math.abs(down) > 1) return false;
    lines.add(`${right} ${down}`);
  }
  return piece.length >= 4 || lines.size === 1;
}

const looksLike: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/**
 * As it is typed; without what stands between words; with digits read as the letters that they look like; and every second character
 * before the others, for two walks in turn (a1s2d3f4).
 */
function readings(text: string): ReadonlySet<string> {
  const bare = lettersAndDigits(text);
  const asLetters = [...text].map((character) => looksLike[character] ?? character).join('');
  const second = (from: 0 | 1) => [...bare].filter((_, index) => index % 2 === from).join('');
  return new Set([text, bare, lettersAndDigits(asLetters), second(0) + second(1)]);
}

function ownWords(email: string, name: string): string[] {
  return `${email} ${name}`
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => [...word].length >= 3);
}

function lettersAndDigits(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}
