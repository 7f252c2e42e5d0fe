import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MemberAdded } from '@serverctl/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { memberOf } from '../src/edge.ts';
import type { LabStageMember } from '../src/lab-stage.ts';
import { startPlane } from '../src/plane.ts';
import { startReverseProxy } from '../src/reverse-proxy.ts';
import { labMissing, scenario } from '../src/scenario.ts';
import { openTerminal } from '../src/terminal.ts';

/*
 * A bare host becomes a live member by one pasted line, and a bare host again by one command. Meanwhile everything that could keep the
 * secret is watched: the arguments and environments of all processes, the shell's history, a proxy's log (R34).
 *
 *   m1  the bare host        m2  a proxy of the operator's, that ends TLS in front of the control plane (R36)
 */
/** Every file of the host: of its disk, and of each place that may be a file system of its own and that anybody writes to. */
const apart = '/tmp /var/tmp /run/serverctl* /dev/shm';
const everyFile = [
  'sh',
  '-c',
  `for at in / ${apart}; do [ ! -e "$at" ] || find "$at" -xdev -printf "%p %y %m %u\\n"; done | sort -u`,
];
const watchProcesses =
  'while :; do for p in /proc/[0-9]*; do tr "\\0" " " <$p/cmdline; echo; tr "\\0" "\\n" <$p/environ; done 2>/dev/null; sleep 0.02; done';
const seenFile = '/run/seen-of-processes';

describe.skipIf(labMissing)(`a bare host${labMissing ? ` (skipped: ${labMissing})` : ''}`, () => {
  const at = scenario('install', 2);
  let bare: LabStageMember;
  let proxyHost: LabStageMember;

  const add = (host: LabStageMember) =>
    at.plane.cli<MemberAdded>('member', 'add', 'edge', host.hostname, '--egress', host.egress, '--ipv4', host.address);
  const untilHealthy = (host: LabStageMember) =>
    at.looks.until('edge', `${host.name} is healthy`, (view) => memberOf(view, host.name).health === 'healthy');

  beforeAll(async () => {
    [bare, proxyHost] = at.stage.members as [LabStageMember, LabStageMember];
    await at.plane.cli('pool', 'add', 'edge', '--delay', '10');
  });

  it('becomes a member by the pasted line; no process, no history ever holds the secret; uninstall leaves nothing (R34)', async () => {
    const before = (await bare.run(everyFile)).stdout;
    const { member, enrolment } = await add(bare);
    expect(enrolment.command).not.toContain(enrolment.secret);
    expect(enrolment.command.split('\n')).toHaveLength(1);
    await bare.run([
      'systemd-run',
      '--quiet',
      '--unit=watch-processes',
      `--property=StandardOutput=file:${seenFile}`,
      'sh',
      '-c',
      watchProcesses,
    ]);

    const terminal = openTerminal(bare.host, '/run/history');
    terminal.type(enrolment.command);
    await terminal.until(/secret.*: $/i);
    terminal.type(enrolment.secret);
    await terminal.until(/heard/i);
    await untilHealthy(bare);
    await terminal.leave();
    await bare.run(['systemctl', 'stop', 'watch-processes.service']);

    const seen = (await bare.run(['cat', seenFile])).stdout;
    const history = (await bare.run(['cat', '/run/history'])).stdout;
    expect(seen).toContain('serverctl-agent install');
    expect(history).toContain('/install/agent.sh');
    expect(terminal.screen()).toContain('serverctl-agent');
    for (const text of [seen, history, terminal.screen()]) expect(text.includes(enrolment.secret)).toBe(false);

    const score = await bare.run(['systemd-analyze', '--no-pager', 'security', 'serverctl-agent.service']);
    console.log(score.stdout.trim().split('\n').at(-1));
    expect((await bare.run(['systemctl', 'is-enabled', 'serverctl-agent.service'])).stdout.trim()).toBe('enabled');
    expect((await bare.run(['ss', '-Hlntup'])).stdout).not.toContain('serverctl-agent');

    const haproxy = (await bare.run(['systemctl', 'show', '-p', 'MainPID', 'haproxy.service'])).stdout;
    await bare.run(['serverctl-agent', 'uninstall', '--yes']);
    expect((await bare.run(everyFile)).stdout).toBe(before);
    expect((await bare.run(['systemctl', 'show', '-p', 'MainPID', 'haproxy.service'])).stdout).toBe(haproxy);
    expect((await bare.run(['systemctl', 'show', '-p', 'LoadState', 'serverctl-agent.service'])).stdout.trim()).toBe(
      'LoadState=not-found',
    );
    await at.plane.cli('member', 'remove', 'edge', member.id, '--yes');
  });

  it('is left as it was by a line whose script was changed on the way, and by a wrong secret', async () => {
    const before = (await bare.run(everyFile)).stdout;
    const { member, enrolment } = await add(bare);
    const line = (command: string, secret: string) => bare.host.run(['sh', '-c', command], { input: `${secret}\n` });

    const otherScript = enrolment.command.replace(/[0-9a-f]{64}/, (hash) =>
      hash.replace(/./g, (digit) => (digit === '0' ? '1' : '0')),
    );
    const changed = await line(otherScript, enrolment.secret);
    expect(changed.status).not.toBe(0);
    expect(changed.stderr).toMatch(/not the one that this line was made for/);

    const otherKey = enrolment.command.replace(/sha256\/\/[^']{43}/, `sha256//${'A'.repeat(43)}`);
    expect(otherKey).not.toBe(enrolment.command);
    expect((await line(otherKey, enrolment.secret)).stderr).toMatch(/public key/i);

    const wrong = await line(enrolment.command, 'x'.repeat(43));
    expect(wrong.status).not.toBe(0);
    expect(wrong.stderr).toMatch(/enrolment_secret_invalid/);
    expect((await bare.run(everyFile)).stdout).toBe(before);
    await at.plane.cli('member', 'remove', 'edge', member.id, '--yes');
  });

  it('becomes a member through a proxy that ends TLS: seen from its own address, and the proxy’s log holds no secret (R36)', async () => {
    const proxy = await startReverseProxy(proxyHost, {
      to: `${at.stage.planeAddress}:${at.stage.planePort}`,
      trustedBy: [bare],
    });
    const caFile = join(at.stage.directory, 'proxy.pem');
    await writeFile(caFile, proxy.certificate);
    await at.plane.stop();
    at.plane = await startPlane(at.stage, {
      SERVERCTL_TLS: 'off',
      SERVERCTL_PUBLIC_URLS: proxy.url,
      SERVERCTL_TRUSTED_PROXIES: proxyHost.address,
      // The operator comes through the proxy too.
      SERVERCTL_URL: proxy.addressUrl,
      SERVERCTL_CA_FILE: caFile,
      // None of its public URLs: the token of this host is not sent there unless it is named.
      SERVERCTL_TOKEN_FILE: join(at.plane.dataDirectory, 'admin-token'),
    });
    const { enrolment } = await add(bare);
    expect(enrolment.command).not.toContain('--insecure');
    const installed = await bare.host.run(['sh', '-c', enrolment.command], { input: `${enrolment.secret}\n` });
    expect(installed.stderr + installed.stdout).toMatch(/heard/i);
    expect(installed.status).toBe(0);
    await untilHealthy(bare);
    await sleep(2_000);

    const log = await proxy.log();
    expect(log).toContain('/agent/v1/heartbeat');
    expect(log).toContain('/install/agent.sh');
    expect(log.includes(enrolment.secret)).toBe(false);
    const events = (await at.plane.tryCli('events')).stdout;
    expect(events).toContain(`${bare.hostname} enrolled from ${bare.address}.`);
  });
});
