import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { helpText, parseCommandLine } from './command-line.ts';
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
  ])('%j is understood', (args, command) => {
    expect(parseCommandLine(args)).toMatchObject(command);
  });

  it.each([
    [[]],
    [['fly']],
    [['run', '--url', 'x']],
    [['status', '--replace']],
    [['enrol', '--what']],
    [['enrol', '--url']],
  ])('%j is refused with exit code 2', (args) => {
    expect(() => parseCommandLine(args)).toThrow(expect.objectContaining({ code: 'usage', exitCode: 2 }));
  });

  it.each([
    ['enrol', 'SECRET'],
    ['enrol', '--secret', 'SECRET'],
    ['enrol', '--secret=SECRET'],
  ])('a secret as an argument is refused and not repeated: %j %j', (...args) => {
    expect(() => parseCommandLine(args)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('SECRET') }),
    );
  });

  it('has help that names the one exit code after which the unit does not start it again', () => {
    expect(helpText).toContain('3 not enrolled');
    const unit = readFileSync(new URL('../serverctl-agent.service', import.meta.url), 'utf8');
    expect(unit).toMatch(/^RestartPreventExitStatus=3$/m);
  });

  it('has the version of the package', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(agentVersion).toBe(manifest.version);
  });
});
