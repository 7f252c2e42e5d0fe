import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** What stands in backticks. */
const namesIn = (what: string) => [...what.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
/** What a file holds, or all of a folder's; and what they and the files beside them are called. */
function heldBy(file: string): string {
  const path = join(root, file);
  const isFolder = statSync(path).isDirectory();
  const folder = isFolder ? path : dirname(path);
  const beside = readdirSync(folder, { withFileTypes: true });
  const sources = isFolder ? beside.filter((one) => one.isFile() && !one.name.includes('.test.')) : [];
  const paths = isFolder ? sources.map(({ name }) => join(folder, name)) : [path];
  const names = beside.map((one) => (one.isDirectory() ? `${one.name}/` : one.name));
  return [...names, ...paths.map((one) => readFileSync(one, 'utf8'))].join('\n');
}
/** `…` and NAME stand for what each provider has of its own. */
function patternOf(name: string): RegExp {
  const parts = name.split(/…|NAME/).map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`(?<![\\w-])${parts.join('[\\w-]+')}(?![\\w-])`);
}

test('the page has the places that the generator prints, word by word and in order', () => {
  const listed = places.map(({ file, what, noticed }) => [`\`${file}\``, what, noticedBy[noticed]]);
  expect(rowsIn('4')).toEqual(listed);
  for (const { file } of places) expect(nextSteps('example9')).toContain(`  ${file}\n`);
});

test('each place is there, and so is each name in it', () => {
  const missing = places.flatMap(({ file, what }) => {
    if (!existsSync(join(root, file))) return [file];
    const held = heldBy(file);
    return namesIn(what)
      .filter((name) => !patternOf(name).test(held))
      .map((name) => `${file}: ${name}`);
  });
  expect(missing).toEqual([]);
});

test('a name is found whole, or by what stands around the part that differs', () => {
  expect(patternOf('credentials').test('const kinds = credentialsOf(places);')).toBe(false);
  expect(patternOf('kinds').test('const kinds = []')).toBe(true);
  expect(patternOf('create…').test('createProvider')).toBe(true);
  expect(patternOf('zone-NAME.ts').test('zone-panel.ts')).toBe(true);
  expect(patternOf('zone-NAME.ts').test('zone.ts')).toBe(false);
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
