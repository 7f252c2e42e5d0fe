import { noticedBy, places } from './places.ts';
import { parts } from './template/not-written.ts';

/** What is to be done with a provider that was just written, for people. */
export function nextSteps(name: string): string {
  const folder = `packages/dns/src/${name}`;
  const written = Object.entries(parts).map(
    ([part, { section, rules, file }]) => `  ${section}  ${part} (${rules}): ${folder}/${file}`,
  );
  const registered = places.map(
    ({ file, what, noticed }) => `  ${file}\n      ${what}; left out: ${noticedBy[noticed]} notices`,
  );
  return [
    'First gather the facts, and write what each failing test names. Sections are of docs/next-provider.md:',
    '  1    facts',
    ...written,
    '  3    what the suite is told of it: the capabilities in its test',
    `Run it: npx vitest run ${folder}`,
    '',
    'Then register it (section 4):',
    ...registered,
    '',
    'Then see it accepted (section 5): script/check, its tests, script/bench dns.',
  ].join('\n');
}
