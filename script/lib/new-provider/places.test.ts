import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allCapabilities } from '../../../packages/dns/src/contract/subject.ts';
import { nextSteps } from './next-steps.ts';
import { noticedBy, places } from './places.ts';
import { parts } from './template/not-written.ts';
import { templateFolder } from './write-provider.ts';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/next-provider.md'), 'utf8');

/** The text under a heading of this number. */
function section(number: string): string {
  const [, text] = page.split(new RegExp(`^#+ ${number.replace('.', '\\.')} .*$`, 'm'));
  return text?.split(/^#+ /m)[0] ?? expect.fail(`no section ${number}`);
}
const rowsIn = (number: string) =>
  [...section(number).matchAll(/^\| (.*) \|$/gm)]
    .map(([, row = '']) => row.split(' | ').map((cell) => cell.trim()))
    .slice(2); // below the head and its line

test('the page has the places that the generator prints, word by word and in order', () => {
  const listed = places.map(({ file, what, noticed }) => [`\`${file}\``, what, noticedBy[noticed]]);
  expect(rowsIn('4')).toEqual(listed);
  for (const { file } of places) expect(nextSteps('example9')).toContain(`  ${file}\n`);
});

test('each place is there', () => {
  for (const { file } of places) expect(existsSync(join(root, file)), file).toBe(true);
});

test('no file of the product names a kind of provider that is no place: another one would be forgotten there', () => {
  const files = ['apps', 'packages'].flatMap((part) =>
    readdirSync(join(root, part), { recursive: true, encoding: 'utf8' }).map((file) => `${part}/${file}`),
  );
  const isProduct = (file: string) =>
    /^[^/]+\/[^/]+\/src\/.*\.tsx?$/.test(file) && !/\.test\.tsx?$|\/testing[./]|rfc2136|node_modules/.test(file);
  const naming = files
    .filter((file) => isProduct(file) && statSync(join(root, file)).isFile())
    .filter((file) => /'rfc2136'|\brfc2136:/.test(readFileSync(join(root, file), 'utf8')));
  const isPlace = (file: string) => places.some((place) => file === place.file || file.startsWith(`${place.file}/`));
  expect(naming.length).toBeGreaterThan(10);
  expect(naming.filter((file) => !isPlace(file))).toEqual([]);
});

test('each part that is to be written has its section, with its file and its rules', () => {
  for (const { section: number, rules, file } of Object.values(parts)) {
    const text = section(number);
    for (const word of [`\`${file}\``, ...rules.split(', ')]) expect(text, number).toContain(word);
  }
});

test('the page names each file that is written, and each capability of the suite', () => {
  const files = readdirSync(templateFolder, { recursive: true, encoding: 'utf8' }).filter((file) => file.includes('.'));
  for (const file of files) expect(section('2')).toContain(`\`${file.replace('provider-suite', 'NAME.test')}\``);
  expect(rowsIn('3').map(([name]) => name)).toEqual(Object.keys(allCapabilities).map((name) => `\`${name}\``));
});

test('contributors find the page', () => {
  expect(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')).toContain('(docs/next-provider.md)');
});
