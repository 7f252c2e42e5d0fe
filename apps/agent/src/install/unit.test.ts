import { runtimeVariables } from '@serverctl/contract/agent';
import { expect, it } from 'vitest';
import { helpText } from '../command-line.ts';
import { exitCodes } from '../errors.ts';
import { binaryPath, installPaths } from './paths.ts';
import { unitText } from './unit.ts';

const settings = unitText.split('\n').filter((line) => /^[A-Z]\w+=/.test(line));

it('the unit starts the file that install puts in place, and keeps its state where install enrols', () => {
  expect(settings).toContain(`ExecStart=${binaryPath} run`);
  expect(settings).toContain('StateDirectory=serverctl-agent');
  expect(settings).toContain('RuntimeDirectory=serverctl-agent');
  expect(installPaths()).toMatchObject({
    binary: binaryPath,
    stateDirectory: '/var/lib/serverctl-agent',
    runtimeDirectory: '/run/serverctl-agent',
  });
});

it('the unit never gives up but for a host that is not enrolled', () => {
  expect(settings).toContain('Restart=always');
  expect(settings).toContain('StartLimitIntervalSec=0');
  expect(settings).toContain(`RestartPreventExitStatus=${exitCodes.notEnrolled}`);
  expect(helpText).toContain(`${exitCodes.notEnrolled} not enrolled`);
});

it('the unit is heard above all when the host is busy or short of memory', () => {
  expect(settings).toEqual(expect.arrayContaining(['OOMScoreAdjust=-900', 'CPUWeight=1000']));
});

it('the unit gives the agent no capability, no writable page to run, and nothing of the host to write to', () => {
  const held = ['CapabilityBoundingSet=', 'NoNewPrivileges=yes', 'ProtectSystem=strict'];
  const kept = ['MemoryDenyWriteExecute=yes', 'Environment=BUN_JSC_useJIT=0', 'UMask=0077', 'StateDirectoryMode=0700'];
  expect(settings).toEqual(expect.arrayContaining([...held, ...kept]));
  expect(unitText).not.toMatch(/^ProcSubset=/m); // /proc/locks
  expect(unitText).not.toMatch(/^PrivateUsers=/m); // hosts without user namespaces
});

it('the unit drops what would change the program that runs as root', () => {
  expect(runtimeVariables).toEqual(expect.arrayContaining(['BUN_OPTIONS', 'BUN_INSPECT']));
  expect(settings).toContain(`UnsetEnvironment=${runtimeVariables.join(' ')}`);
  expect(settings).toContain('Environment=BUN_ENABLE_CRASH_REPORTING=0 DO_NOT_TRACK=1');
});
