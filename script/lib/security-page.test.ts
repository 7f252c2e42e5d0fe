import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const page = join(root, 'docs', 'security.md');
const text = readFileSync(page, 'utf8');

interface Row {
  readonly group: string;
  readonly state: string;
  readonly how: string;
  readonly where: readonly string[];
}

const linksIn = (part: string) => [...part.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
const isLocal = (link: string) => !/^[a-z]+:/.test(link);

/** The table's rows below each chapter's heading. */
const chapters = new Map(
  text
    .split(/^### (?=V\d)/m)
    .slice(1)
    .map((part) => {
      const rows = [...part.matchAll(/^\| (V\d.*?) \| (.*?) \| (.*?) \|(.*)\|$/gm)].map(
        ([, group = '', state = '', how = '', where = '']): Row => ({
          group: group.trim(),
          state: state.trim(),
          how: how.trim(),
          where: linksIn(where),
        }),
      );
      return [part.split('\n', 1)[0] ?? '', rows] as const;
    }),
);

/** OWASP ASVS 5.0: its chapters, and how many requirement groups each has. */
const standard = [
  ['Encoding and Sanitization', 5],
  ['Validation and Business Logic', 4],
  ['Web Frontend Security', 7],
  ['API and Web Service', 4],
  ['File Handling', 4],
  ['Authentication', 8],
  ['Session Management', 6],
  ['Authorization', 4],
  ['Self-contained Tokens', 2],
  ['OAuth and OIDC', 7],
  ['Cryptography', 7],
  ['Secure Communication', 3],
  ['Configuration', 4],
  ['Data Protection', 3],
  ['Secure Coding and Architecture', 4],
  ['Security Logging and Error Handling', 5],
  ['WebRTC', 3],
] as const;

test('each chapter of ASVS 5.0 is there, with each of its requirement groups once and in order', () => {
  expect([...chapters.keys()]).toEqual(standard.map(([title], index) => `V${index + 1} ${title}`));
  for (const [index, [title, groups]] of standard.entries()) {
    const numbers = chapters.get(`V${index + 1} ${title}`)?.map(({ group }) => group.split(' ', 1)[0]);
    expect(numbers).toEqual(Array.from({ length: groups }, (_, nth) => `V${index + 1}.${nth + 1}`));
  }
});

test('each group is tested where it says, or says in words why not', () => {
  for (const { group, state, how, where } of [...chapters.values()].flat()) {
    expect(['tested', 'partly', 'gap', 'does not apply'], group).toContain(state);
    expect(how.length, group).toBeGreaterThan(8);
    const tests = where.filter((link) => link.endsWith('.test.ts'));
    if (state === 'tested' && !/Documentation$/.test(group)) expect(tests.length, group).toBeGreaterThan(0);
    if (state === 'tested' || state === 'partly') expect(where.length, group).toBeGreaterThan(0);
    if (state === 'does not apply') expect(where, group).toEqual([]);
  }
});

test('whatever the page and SECURITY.md link to is there', () => {
  for (const file of [page, join(root, 'SECURITY.md')]) {
    const links = linksIn(readFileSync(file, 'utf8')).filter(isLocal);
    expect(links.length, file).toBeGreaterThan(1);
    for (const link of links) expect(existsSync(join(dirname(file), link)), `${file}: ${link}`).toBe(true);
  }
});

test('each attack that is tested is named by the page', () => {
  const named = new Set(linksIn(text));
  const attacks = join('apps', 'server', 'src', 'http', 'attacks');
  const files = readdirSync(join(root, attacks)).filter((file) => file.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) expect(named, file).toContain(`../${attacks}/${file}`);
});

test('people find both from the README and the guide', () => {
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  expect(read('README.md')).toContain('(docs/security.md)');
  expect(read('README.md')).toContain('(SECURITY.md)');
  expect(read('docs/guide.md')).toContain('(security.md)');
});
