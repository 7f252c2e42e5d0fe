import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';
import { agentVersion } from './version.ts';

describe('the command line', () => {
  it.each([
    [['--help'], { kind: 'help' }],
    [['run', '-h'], { kind: 'help' }],
    [['--version'], { kind: 'version' }],
    [['status', '--json'], { kind: 'status', json: true, stateDir: undefined }],
    [
      ['run', '--state-dir', '/x', '--service-manager', 'simulated:/y'],
      { kind: 'run', stateDir: '/x', serviceManager: 'simulated:/y' },
    ],
    [['enrol', '--url', 'a', '--url', 'b', '--replace'], { kind: 'enrol', urls: ['a', 'b'], replace: true }],
    [['install', '--url', 'a', '--ca-file', '/ca'], { kind: 'install', urls: ['a'], caFile: '/ca', updateOnly: false }],
    [['install', '--update-only'], { kind: 'install', updateOnly: true, replace: false }],
    [['uninstall'], { kind: 'uninstall', yes: false }],
    [['uninstall', '-y'], { kind: 'uninstall', yes: true }],
  ])('%j is understood', (args, command) => {
    expect(parseCommandLine(args)).toMatchObject(command);
  });

  it.each([
    [[]],
    [['fly']],
    [['run', '--url', 'x']],
    [['status', '--replace']],
    [['enrol', '--what']],
    [['enrol', '--update-only']],
    [['install', '--state-dir', '/x']],
    [['install', '--update-only', '--replace']],
    [['uninstall', '--url', 'x']],
    [['enrol', '--url']],
  ])('%j is refused with exit code 2', (args) => {
    expect(() => parseCommandLine(args)).toThrow(expect.objectContaining({ code: 'usage', exitCode: 2 }));
  });

  it.each([
    ['enrol', 'SECRET'],
    ['install', 'SECRET'],
    ['install', '--secret', 'SECRET'],
    ['enrol', '--secret', 'SECRET'],
    ['enrol', '--secret=SECRET'],
  ])('a secret as an argument is refused and not repeated: %j %j', (...args) => {
    expect(() => parseCommandLine(args)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('SECRET') }),
    );
  });

  it('has the version of the package', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(agentVersion).toBe(manifest.version);
  });
});
