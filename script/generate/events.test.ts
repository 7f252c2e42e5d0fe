import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { eventCatalogue, eventKinds, runbookOf } from '@serverctl/core';
import { expect, test } from 'vitest';
import { createProgram } from '../../apps/cli/src/program.ts';
import { eventReference } from './events.ts';

const root = new URL('../../', import.meta.url);
const urgent = eventKinds.filter((kind) => eventCatalogue[kind].severity !== 'info');
/** What no event asks for: a person does, when the control plane is down. */
const byHand = 'docs/runbooks/move-a-record-by-hand.md';
const everyPage = [...urgent.map(runbookOf), byHand];

test('the list of events is what the catalogue says now', () => {
  expect(readFileSync(new URL('docs/reference/events.md', root), 'utf8')).toBe(eventReference());
});

test.each(urgent)('%s has a page that begins with its name, and the list of events links to it', (kind) => {
  const path = runbookOf(kind);
  expect(existsSync(new URL(path, root)), path).toBe(true);
  const text = readFileSync(new URL(path, root), 'utf8');
  expect(text.split('\n')[0]).toBe(`# ${kind}`);
  expect(text).toMatch(/^## /m);
  expect(eventReference()).toContain(`[\`${kind}\`](${path.replace('docs/', '../')})`);
});

test('there is no page for what is no event, but the one for a control plane that is down', () => {
  const pages = readdirSync(new URL('docs/runbooks/', root)).map((name) => `docs/runbooks/${name}`);
  expect(pages.toSorted()).toEqual(everyPage.toSorted());
});

test('what a page says to end with is a kind of event', () => {
  for (const page of everyPage) {
    const named = readFileSync(new URL(page, root), 'utf8').matchAll(/`((?:pool|member|fleet|dns|user)\.[a-z-]+)`/g);
    for (const [, other = ''] of named) expect(eventKinds, `${page} names ${other}`).toContain(other);
  }
});

test('every command that a page names is one, with these options', () => {
  for (const page of everyPage) {
    const text = readFileSync(new URL(page, root), 'utf8');
    for (const [, line = ''] of text.matchAll(/`serverctl ([^`]+)`/g)) {
      let command = createProgram({ silent: true });
      for (const word of line.split(/\s+/)) {
        const next = command.commands.find((one) => one.name() === word);
        if (next === undefined) break;
        command = next;
      }
      expect(command.parent, `${page}: ${line}`).not.toBeNull();
      expect(
        command.commands.filter((one) => one.name() !== 'help'),
        `${page}: ${line}`,
      ).toEqual([]);
      for (const [, option = ''] of line.matchAll(/\s(--[a-z0-9-]+)/g))
        expect(
          command.options.map(({ long }) => long),
          `${page}: ${line}`,
        ).toContain(option);
    }
  }
});
