import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  AuditEntryView,
  AuditVerified,
  ChannelTest,
  ChannelView,
  DeliveryView,
  MeView,
  PoolView,
  SnapshotPool,
} from '@serverctl/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttackReport, startAttack } from '../src/attack.ts';
import { closingTests } from '../src/closing-tests.ts';
import { memberOf } from '../src/edge.ts';
import type { LabStageMember } from '../src/lab-stage.ts';
import { livePool, openBeforeTests } from '../src/live-pool.ts';
import { type LoopbackCertificate, makeLoopbackCertificate } from '../src/loopback-certificate.ts';
import { type MailServer, mailServerAddress, startMailServer } from '../src/mail-server.ts';
import { missingPrograms } from '../src/missing-programs.ts';
import { authenticator, type Person, person } from '../src/person.ts';
import { wallMs } from '../src/platform/wall-clock.ts';
import { type Prometheus, startPrometheus } from '../src/prometheus.ts';
import { labMissing, scenario } from '../src/scenario.ts';
import { stays } from '../src/stays.ts';
import { startWebhookReceiver, type WebhookReceiver, webhookAddress } from '../src/webhook-receiver.ts';

/*
 * The people around one pool of three real hosts, and what wakes them: accounts from the setup link on, a real mail server (Exim), a receiver with
 * the standard's own library, Debian's Prometheus, the audit log; and a failover while somebody attacks the control plane. Failover delay 10 s,
 * HAProxy grace 1 s. The tests tell one story in order.
 */
const failovers = 3;
const usualBoundMs = 15_000;
const attackSeconds = 20;
/** An attacked control plane shares its processors with the attack: argon2 for strangers takes all that is left. */
const mostLaterMs = 5_000;

const missing = labMissing ?? missingPrograms(['exim4', 'prometheus'], '*/debian-packages.txt');

describe.skipIf(missing)(`people and alerts${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let certificate: LoopbackCertificate;
  const at = scenario('people-and-alerts', 3, async ({ directory, dns }) => {
    certificate = await makeLoopbackCertificate(directory);
    const targets = [{ host: dns.address, port: dns.port }, mailServerAddress, webhookAddress];
    return {
      SERVERCTL_ALLOW_PRIVATE_TARGETS: targets.map(({ host, port }) => `${host}:${port}`).join(','),
      NODE_EXTRA_CA_CERTS: certificate.certificateFile,
    };
  });
  const edge = livePool(at, { name: 'edge', label: 'www', delaySeconds: 10, hosts: ['m1', 'm2', 'm3'] });
  openBeforeTests([edge]);

  let ann: Person;
  let otto: Person;
  let mail: MailServer;
  let webhook: WebhookReceiver;
  let prometheus: Prometheus;
  const channels: string[] = [];
  const calm: number[] = [];
  const attacked: number[] = [];
  beforeAll(() => {
    ann = person(at.stage, at.plane, 'ann');
    otto = person(at.stage, at.plane, 'otto');
  });
  afterAll(() => {
    const worst = (all: readonly number[]) => `${Math.round(Math.max(...all))} ms (max of ${all.length})`;
    if (calm.length > 0) console.log(`HAProxy stopped → authoritative answer moved, in calm: ${worst(calm)}`);
    if (attacked.length > 0) console.log(`HAProxy stopped → authoritative answer moved, attacked: ${worst(attacked)}`);
  });

  async function refusal(who: Person, ...args: readonly string[]): Promise<string> {
    const { status, stderr } = await who.tryCli(...args, '--json');
    expect(status).not.toBe(0);
    return stderr;
  }

  it('makes the first administrator of whoever has the setup link, at a terminal, with an authenticator', async () => {
    const linkFile = join(at.plane.dataDirectory, 'setup-link');
    const link = (await readFile(linkFile, 'utf8')).trim();
    const shell = ann.terminal();
    shell.type('serverctl join');
    await answer('Link: ', link);
    await answer('E-mail address to sign in with: ', ann.email);
    await answer('Your name: ', 'Ann');
    await answer(/Password to sign in with[^:]*: /, ann.password);
    await answer('once more: ', ann.password);
    await shell.until('is a user now');
    shell.type(`serverctl sign-in ${ann.email}`);
    await answer('Password: ', ann.password);
    await shell.until('signed in');
    shell.type(`serverctl account totp enable --output ${ann.file('recovery-codes')}`);
    await shell.until('Code that it shows now: ');
    const [, shown = ''] = /type its secret there:\s+([A-Z2-7 ]+)/.exec(shell.screen()) ?? [];
    const device = authenticator(shown);
    shell.type(device.code());
    await shell.until('The authenticator is on.');
    await shell.leave();
    expect(shell.screen()).not.toContain(ann.password);

    expect(await refusal(ann, 'sign-in', ann.email, '--password-file', await answers(ann, ann.password))).toContain(
      'Code of the authenticator',
    );
    const proof = await answers(ann, ann.password, device.code(1));
    await ann.cli('sign-in', ann.email, '--password-file', proof);
    expect(await refusal(ann, 'sign-in', ann.email, '--password-file', proof)).toContain('second_factor_wrong');
    expect(await ann.cli<MeView>('whoami')).toMatchObject({ actor: `user:${ann.email}`, twoFactor: true });
    await writeFile(otto.file('link'), link, { mode: 0o600 });
    expect(await refusal(otto, 'join', '--link-file', otto.file('link'))).toContain('link_invalid');

    async function answer(question: string | RegExp, said: string) {
      await shell.until(question);
      shell.type(said);
    }
  });

  const pipelineToken = () => ann.file('pipeline-token');

  it('lets an invited operator and a pipeline’s token act in one pool, and see no other', async () => {
    await at.plane.cli('pool', 'add', 'other');
    const link = ann.file('invitation');
    await ann.cli('user', 'invite', otto.email, '--role', 'operator', '--pool', edge.name, '--output', link);
    const password = await answers(otto, otto.password);
    await otto.cli('join', '--link-file', link, '--name', 'Otto', '--password-file', password);
    await otto.cli('sign-in', otto.email, '--password-file', password);
    const allowed = ['--permission', 'pool:read,pool:write', '--pool', edge.name];
    await ann.cli('token', 'create', 'pipeline', ...allowed, '--output', pipelineToken());
    for (const rights of [[], ['--token-file', pipelineToken()]]) {
      const pools = await otto.cli<readonly PoolView[]>('pool', 'list', ...rights);
      expect(pools.map(({ name }) => name)).toEqual([edge.name]);
    }
    expect(await refusal(otto, 'pool', 'pause', 'other', '--reason', 'x')).toContain('pool_not_found');
    expect(await refusal(otto, 'audit', 'list')).toContain('permission_denied');
    expect(await refusal(otto, 'user', 'list')).toContain('permission_denied');
  });

  it('tells by mail and by webhook, and again until a receiver takes it', async () => {
    mail = await startMailServer(at.stage, certificate);
    const server = ['--server', `${mailServerAddress.host}:${mailServerAddress.port}`];
    const account = ['--user', mail.user, '--password-file', mail.passwordFile];
    const between = ['--from', 'ServerCTL <alerts@example.com>', '--to', 'oncall@example.com'];
    const choice = ['--name', 'mail', '--least-severity', 'warning'];
    const mails = await ann.cli<ChannelView>('channel', 'add', 'email', ...server, ...account, ...between, ...choice);
    channels.push(mails.id);
    expect(await ann.cli<ChannelTest>('channel', 'test', mails.id)).toMatchObject({ delivered: true, status: 250 });
    const tested = await mail.until('the test', () => true);
    expect(tested.to).toMatchObject({ text: 'oncall@example.com' });
    // Only to who signs in, which it offers within TLS only: the log names both.
    expect(await mail.log()).toMatch(/<= alerts@example\.com .* P=esmtpsa .* A=plain:alerts/);

    await writeFile(ann.file('url'), `https://${webhookAddress.host}:${webhookAddress.port}/notices`);
    const secret = ann.file('signing-secret');
    const hooks = await ann.cli<{ channel: ChannelView }>(
      ...['channel', 'add', 'webhook', '--name', 'hooks', '--url-file', ann.file('url'), '--output', secret],
    );
    channels.push(hooks.channel.id);
    webhook = await startWebhookReceiver(at.stage, certificate, secret);
    const since = wallMs();
    await otto.cli('pool', 'pause', edge.name, '--reason', 'a look at the mails');
    await otto.cli('pool', 'resume', edge.name, '--reason', 'they came');
    await webhook.until('resumed', ({ notice }) => notice?.kind === 'pool.resumed');
    const paused = await webhook.until('paused', ({ notice }) => notice?.kind === 'pool.paused', 240_000);
    expect(webhook.received.filter(({ id }) => id === paused.id).map(({ status }) => status)).toEqual([503, 503, 204]);
    const deliveries = await deliveriesTo(hooks.channel.id);
    const delivered = deliveries.find(({ id }) => id === paused.id);
    expect(delivered).toMatchObject({ state: 'delivered' });
    // On a busy machine an attempt may also end before the receiver answers.
    expect(delivered?.attempts).toBeGreaterThanOrEqual(3);
    const trouble = await mailOf('pool.paused', since);
    const recovery = await mailOf('pool.resumed', since);
    expect(recovery.inReplyTo).toBe(trouble.messageId);
  }, 330_000);

  it('is scraped by Prometheus over TLS with a token that may nothing else, and loads the alert rules', async () => {
    const token = ann.file('prometheus-token');
    await ann.cli('token', 'create', 'prometheus', '--permission', 'metrics:read', '--days', '30', '--output', token);
    expect(await refusal(ann, 'pool', 'list', '--token-file', token)).toContain('permission_denied');
    prometheus = await startPrometheus(at.stage, at.plane, token);
    const { view, active } = await edge.settled();
    const [state] = await prometheus.until('serverctl_pool_state{pool="edge"} == 1');
    expect(state?.metric).toMatchObject({ state: 'calm', job: 'serverctl' });
    expect(await sampleOf('serverctl_pool_epoch{pool="edge"}')).toBe(view.epoch);
    expect(await sampleOf('serverctl_pool_ready_standbys{pool="edge"}')).toBe(2);
    const [member] = await prometheus.query('serverctl_member_active{pool="edge"} == 1');
    expect(member?.metric).toMatchObject({ member: active.hostname });
    expect(await sampleOf('sum(serverctl_heartbeats_total{verdict="accepted"})')).toBeGreaterThan(0);
    await expect
      .poll(prometheus.rules, { timeout: 20_000 })
      .toSatisfy(
        (rules: Awaited<ReturnType<Prometheus['rules']>>) =>
          rules.length > 8 && rules.every(({ health }) => health === 'ok'),
      );
    expect(await prometheus.query('ALERTS')).toEqual([]);
  });

  it('tells nobody of health while the pool is in maintenance', async () => {
    const { active } = await edge.settled();
    const since = wallMs();
    await otto.cli('pool', 'maintenance', edge.name, '--for', '30m', '--reason', 'new switch');
    const news = await stays(edge, 3_000, async () => {
      await active.stopHaproxy();
      await edge.until('in trouble', (view) => memberOf(view, active.name).health === 'haproxy-inactive');
      await active.startHaproxy();
      await edge.until('well again', (view) => memberOf(view, active.name).health === 'healthy');
    });
    expect(news.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['member.haproxy-inactive', 'member.healthy']));
    await otto.cli('pool', 'maintenance', edge.name, '--end');
    await webhook.until('its end', ({ at, notice }) => at >= since && notice?.kind === 'pool.maintenance-over');
    for (const channel of channels) {
      const told = (await deliveriesTo(channel)).filter(({ happenedAt }) => Date.parse(happenedAt) >= since);
      expect(told.filter(({ kind }) => kind.startsWith('member.'))).toEqual([]);
    }
  });

  it(`moves the record ${failovers} times in calm, for comparison`, { timeout: 300_000 }, async () => {
    for (let times = 0; times < failovers; times += 1) {
      const { active, next } = await edge.settled();
      calm.push(await failover(active, next));
      await at.plane.cli('pool', 'ack', edge.name, '--reason', 'moved as it should');
    }
  });

  it('moves it in time while somebody attacks the control plane, and tells by mail and webhook', {
    timeout: 400_000,
  }, async () => {
    for (let times = 0; times < failovers; times += 1) {
      const { active, next } = await edge.settled();
      const attack = await startAttack(at.stage, at.plane, { email: ann.email, seconds: attackSeconds });
      await sleep(3_000);
      const since = wallMs();
      attacked.push(await failover(active, next));
      const promoted = await webhook.until('promoted', heard('pool.promoted', since));
      await webhook.until('trouble', heard('member.haproxy-inactive', since, active));
      await mailOf('pool.promoted', since);
      console.log(`HAProxy stopped → webhook of the promotion, attacked: ${Math.round(promoted.at - since)} ms`);
      await webhook.until('recovery', heard('member.healthy', since, active));
      const ended = await mailOf('member.healthy', since, active);
      expect(ended.inReplyTo).toBe((await mailOf('member.haproxy-inactive', since, active)).messageId);
      // Who has a session or a token works on meanwhile.
      expect(await ann.cli<MeView>('whoami')).toMatchObject({ actor: `user:${ann.email}` });
      await at.plane.cli('pool', 'ack', edge.name, '--reason', 'moved under attack', '--token-file', pipelineToken());
      const report = await attack.report;
      console.log(`the attack was answered ${JSON.stringify(report)}`);
      expectRefused(report);
    }
    expect(Math.max(...attacked)).toBeLessThan(Math.max(...calm) + mostLaterMs);
    expect(webhook.received.filter(({ verified }) => !verified)).toEqual([]);
    const [state] = await prometheus.until('serverctl_pool_state{pool="edge"} == 1');
    expect(state?.metric).toMatchObject({ state: 'calm' });
  });

  it('has an audit log that holds, and names everybody who acted', async () => {
    const verify = () => ann.cli<AuditVerified>('audit', 'verify');
    await expect.poll(verify, { timeout: 20_000 }).toMatchObject({ holds: true, unsealed: 0, problems: [] });
    const { entries, head } = await verify();
    expect(await ann.cli('audit', 'verify', '--expect', `${head?.position}:${head?.hash}`)).toMatchObject({
      holds: true,
    });
    const actors = [
      ...['host', 'system', 'loop', `user:${ann.email}`, `user:${otto.email}`],
      `token:pipeline of ${ann.email}`,
    ];
    const exported = (await printed('audit', 'export')).split('\n').filter(Boolean);
    const lines = exported.map((line) => JSON.parse(line) as AuditEntryView);
    expect([...new Set(lines.map(({ actor }) => actor))]).toEqual(expect.arrayContaining(actors));
    expect(lines.length).toBeGreaterThanOrEqual(entries);
    const promotions = lines.filter(({ actor, action }) => actor === 'loop' && action === 'promotion.failover');
    expect(promotions).toHaveLength(2 * failovers);
    const table = await printed('audit', 'export', '--format', 'csv');
    for (const actor of actors) expect(table).toContain(actor);
  });

  it('has written no secret into its log, nor into the audit log', async () => {
    const files = [
      ...[mail.passwordFile, otto.file('link')],
      ...['invitation', 'signing-secret', 'prometheus-token', 'pipeline-token', 'recovery-codes'].map(ann.file),
    ];
    const lines = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).flatMap((text) => text.split('\n'));
    const written = (await readFile(at.plane.logFile, 'utf8')) + (await printed('audit', 'export'));
    expect(written).toContain(ann.email);
    // Of a link the secret is what stands behind `#`.
    const secrets = [ann.password, otto.password, ...lines.map((line) => line.replace(/^.*#/, ''))].filter(Boolean);
    expect(secrets.length).toBeGreaterThan(files.length);
    expect(secrets.filter((secret) => written.includes(secret))).toEqual([]);
  });

  closingTests(at, [edge]);

  it('keeps on its host what to do by hand when it is gone with its database: done so, the record moves', async () => {
    const { active, next } = await edge.settled();
    await at.plane.kill();
    const words = await at.plane.tryCli('dns', 'show', edge.name);
    expect(words).toMatchObject({ status: 9, stdout: expect.stringContaining(active.address) });
    const copy = JSON.parse((await at.plane.tryCli('dns', 'show', edge.name, '--json')).stdout) as SnapshotShown;
    expect(copy).toMatchObject({ from: 'snapshot', pool: { names: [{ desiredAddress: active.address }] } });
    const [alert] = await prometheus.until('ALERTS{alertname="ServerctlDown"}');
    expect(alert?.metric).toMatchObject({ alertstate: 'pending', severity: 'critical' });
    expect(edge.probe.present()).toEqual([active.address]);

    const steps = copy.pool.names.flatMap(({ manualSteps }) => manualSteps);
    const step = steps.find(({ commands }) => commands.some((line) => line.endsWith(` A ${next.address}`)));
    const [call, ...script] = step?.commands ?? [];
    expect(call).toMatch(/^nsupdate .*<<'END'$/);
    const since = wallMs();
    const done = await at.stage.lab.dns.nsupdate(script.slice(0, script.indexOf('END')).join('\n'), 'serverctl');
    expect(done).toMatchObject({ status: 0, stderr: '' });
    await edge.probe.until(next.address, { since, withinMs: 5_000 });
  });

  /** A file with these lines, for `--password-file`. */
  async function answers(who: Person, ...lines: readonly string[]): Promise<string> {
    const file = who.file('answers');
    await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    return file;
  }

  function deliveriesTo(channel: string): Promise<readonly DeliveryView[]> {
    return ann.cli('channel', 'deliveries', channel, '--limit', '500');
  }

  async function printed(...args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await ann.tryCli(...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  }

  async function sampleOf(expression: string): Promise<number> {
    const [sample] = await prometheus.query(expression);
    return Number(sample?.value[1]);
  }

  /** Stops HAProxy of the active host, and starts it again once the record has moved; how long that took, in ms. */
  async function failover(active: LabStageMember, next: LabStageMember): Promise<number> {
    edge.expectMove('failover', next, 'haproxy-inactive');
    const since = wallMs();
    await active.stopHaproxy();
    const answer = await edge.probe.until(next.address, { since, withinMs: usualBoundMs });
    await active.startHaproxy();
    return answer.at - since;
  }

  function heard(kind: string, since: number, member?: LabStageMember) {
    return ({ at, notice }: WebhookReceiver['received'][number]) =>
      at >= since && notice?.kind === kind && (member === undefined || notice.member === member.hostname);
  }

  /** The mail of such an event; its date knows seconds only. */
  function mailOf(kind: string, since: number, member?: LabStageMember) {
    return mail.until(kind, ({ date, text }) => {
      const isIts = member === undefined || text?.includes(`member: ${member.hostname}`) === true;
      return (date?.getTime() ?? 0) >= since - 1_000 && isIts && text?.includes(`event: ${kind}\n`) === true;
    });
  }
});

/** `dns show --json` where nobody answers. */
interface SnapshotShown {
  readonly from: string;
  readonly pool: SnapshotPool;
}

/** Every kind of attack went on, and not one of its requests was let in or broke something. */
function expectRefused({ signIns, tokens, oversized, slow }: AttackReport): void {
  for (const [answered, allowed] of [
    [signIns, ['401', '429']],
    [tokens, ['401', '429']],
    // What is too long may be cut off while it is still being sent.
    [oversized, ['422', 'ECONNRESET', 'EPIPE']],
  ] as const) {
    expect(Object.keys(answered).filter((one) => !allowed.some((fine) => fine === one))).toEqual([]);
    expect(Object.keys(answered).length).toBeGreaterThan(0);
  }
  expect(signIns['401']).toBeGreaterThan(0);
  expect(tokens['401']).toBeGreaterThan(0);
  expect(slow['opened']).toBe(200);
}
