/*
 * What of this provider is not written yet. Each part is a section of docs/next-provider.md and serves the rules that are named. A part that
 * is written no longer throws; the last one takes this file with it, and script/check says so while the file is left over.
 */

interface Part {
  readonly section: string;
  readonly rules: string;
  readonly file: string;
  readonly is: string;
}

/** In the order in which they are written best. */
export const parts = {
  'the reading': { section: '2.2', rules: 'R17', file: 'requests.ts', is: 'one look at a name, at the API itself' },
  refusals: { section: '2.3', rules: 'R19', file: 'refusal.ts', is: 'which code a refusal by the API is' },
  'the change': { section: '2.4', rules: 'R18, R20', file: 'requests.ts', is: 'address and mark together, in place' },
  'the withdrawal': { section: '2.5', rules: 'R20', file: 'requests.ts', is: 'the AAAA goes, the A stays' },
  'the rehearsal': {
    section: '2.6',
    rules: 'R23',
    file: 'requests.ts',
    is: 'the right to edit, proven without a change',
  },
  'the steps by hand': { section: '2.7', rules: 'R21', file: 'manual-steps.ts', is: 'what a person does without us' },
  'the emulator': { section: '2.8', rules: 'R19', file: 'testing/routes.ts', is: 'what the API answers' },
  'the page': { section: '2.9', rules: 'R14', file: 'README.md', is: 'what an operator sets up and reads' },
} as const satisfies Readonly<Record<string, Part>>;

/** A part that is called before it is written. No `AppError`: no code may make it look like an outcome. */
export class NotWritten extends Error {
  override readonly name = 'NotWritten';

  /** `asked`: what it was called for, so that a failing test says where it got to. */
  constructor(part: keyof typeof parts, asked: string) {
    const { section, rules, file, is } = parts[part];
    // The number first: of what did not happen as expected, reports show the beginning.
    super(
      `${section} ${part}, ${rules}: not written yet. nextkind was asked for ${asked}, which takes ${is}. Write it in ${file}, by docs/next-provider.md section ${section}.`,
    );
  }
}
