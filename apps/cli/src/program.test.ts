import { errorCatalogue, exitCode } from '@serverctl/core';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from './program.ts';

/** Groups of commands too: each has a help of its own. */
function groups(command: Command, path: readonly string[] = []): [string, Command][] {
  const name = [...path, command.name()];
  if (command.commands.length === 0 || command.name() === 'help') return [];
  return [[name.join(' '), command], ...command.commands.flatMap((child) => groups(child, name))];
}

function leaves(command: Command, path: readonly string[] = []): [string, Command][] {
  const name = [...path, command.name()];
  if (command.name() === 'help') return []; // it prints no value, only other commands' words
  return command.commands.length === 0
    ? [[name.slice(1).join(' '), command]]
    : command.commands.flatMap((child) => leaves(child, name));
}

/** The help as an 80-column terminal shows it, with what is added behind it. */
function helpOf(command: Command): readonly string[] {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (part) => void parts.push(part), getOutHelpWidth: () => 80 }).outputHelp();
  return parts.join('').split('\n');
}

describe('the command line', () => {
  const all = leaves(createProgram());

  it('has every command and option that an error’s remedy names', () => {
    const told = Object.values(errorCatalogue).flatMap(({ remedy }) => [...remedy.matchAll(/`serverctl ([^`]+)`/g)]);
    expect(told.length).toBeGreaterThan(10);
    for (const [, words = ''] of told) {
      const wanted = words.split(' ').filter((word) => /^[a-z]/.test(word));
      const command = [...leaves(createProgram()), ...groups(createProgram())].find(
        ([name]) => name.replace(/^serverctl /, '') === wanted.join(' '),
      )?.[1];
      if (words !== '--help') expect(command, words).toBeDefined();
      for (const option of words.split(' ').filter((word) => word.startsWith('--') && word !== '--help'))
        expect(
          command?.options.map(({ long }) => long),
          words,
        ).toContain(option);
    }
  });

  it('tells every exit status, also the one of its own that dns show has', () => {
    const told = helpOf(createProgram()).join(' ').split('Exit status:')[1] ?? '';
    const ofSnapshot = /Exit status (\d+)/.exec(
      helpOf(all.find(([name]) => name === 'dns show')?.[1] as Command).join(' '),
    );
    const codes = [0, ...Object.values(exitCode), Number(ofSnapshot?.[1])];
    for (const code of codes) expect(told).toMatch(new RegExp(`\\b${code} [a-zA-Z]`));
  });

  it('calls the formats of an export what they are', () => {
    const command = all.find(([name]) => name === 'audit export')?.[1];
    expect(command?.options.find(({ long }) => long === '--format')?.description).toContain('or CSV');
  });

  it('has every command that the first line promises', () => {
    const names = all.map(([name]) => name);
    for (const verb of [
      'add',
      'list',
      'show',
      'set',
      'cut',
      'ack',
      'maintenance',
      'pause',
      'resume',
      'adopt',
      'repair',
    ])
      expect(names).toContain(`pool ${verb}`);
    for (const verb of ['add', 'list', 'show', 'set', 'remove', 'promote', 'maintenance', 'clear-quarantine', 'allow'])
      expect(names).toContain(`member ${verb}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'dns add',
        'dns show',
        'dns test',
        'dns credential show',
        'promotion show',
        'channel test',
        'config show',
        'version',
        'failover on',
        'failover off',
        'why',
        'brakes show',
        'brakes release',
        'brakes restore',
        'events',
        'watch',
        'sign-in',
        'sign-out',
        'whoami',
        'join',
        'account password',
        'account totp enable',
        'account sessions end-others',
        'user invite',
        'token create',
        'admin setup-link',
      ]),
    );
  });

  it.each(all)('%s says what each of its arguments is', (_name, command) => {
    for (const argument of command.registeredArguments) expect(argument.description.length).toBeGreaterThan(8);
  });

  it.each(all)('%s says what it does and speaks JSON', (_name, command) => {
    expect(command.description().length).toBeGreaterThan(8);
    expect(command.options.map(({ long }) => long)).toContain('--json');
  });

  it.each([...all, ...groups(createProgram())])('%s keeps its help within 80 columns', (_name, command) => {
    expect(helpOf(command).filter((line) => line.length > 80)).toEqual([]);
  });

  it.each(['member add', 'member set'])('%s leaves monitoring to the server unless it is named', (name) => {
    const command = all.find(([one]) => one === name)?.[1];
    expect(command?.opts()).not.toHaveProperty('monitored');
  });
});
