import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, type DnsProvider } from '@serverctl/core';
import { afterAll, describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../../../testkit/src/fake-clock.ts';
import { describeMetrics } from './describe.ts';
import type { FleetReading } from './fleet.ts';
import { createMetrics } from './metrics.ts';

const docs = new URL('../../../../../docs/monitoring/', import.meta.url);
const promtool = spawnSync('promtool', ['--version']).status === 0;
const backlog = { oldestUnsealedSeconds: 0, channels: [] };
const empty: FleetReading = { leaseAgeMs: 1_500, pools: [], backlog, preflights: [] };

function house(readFleet: () => Promise<FleetReading> = async () => empty) {
  const clock = createFakeClock();
  return { clock, metrics: createMetrics({ clock, version: '1.2.3', readFleet }) };
}

describe('what Prometheus is told', () => {
  it('says that the database is away, and nothing of the fleet that nobody knows', async () => {
    const { metrics } = house(() => Promise.reject(new Error('away')));
    const text = await metrics.text();
    expect(text).toMatch(/^serverctl_database_up 0$/m);
    expect(text).not.toMatch(/^serverctl_lease_age_seconds/m);
    expect(text).not.toMatch(/^serverctl_audit_oldest_unsealed_seconds/m);
  });

  it('leaves the age of the lease out while nobody leads, so that an alert can ask for its absence', async () => {
    const { metrics } = house(async () => ({ ...empty, leaseAgeMs: null }));
    expect(await metrics.text()).not.toMatch(/^serverctl_lease_age_seconds/m);
  });

  it('reads the fleet once a second, however many ask', async () => {
    let reads = 0;
    const { metrics, clock } = house(async () => {
      reads += 1;
      return empty;
    });
    await Promise.all([metrics.text(), metrics.text()]);
    await metrics.text();
    expect(reads).toBe(1);
    await clock.advance(1_000);
    expect(await metrics.text()).toMatch(/^serverctl_lease_age_seconds 1.5$/m);
    expect(reads).toBe(2);
  });

  it('says that the database is away when it does not answer in three seconds, and asks it only once meanwhile', async () => {
    let reads = 0;
    const { metrics, clock } = house(() => {
      reads += 1;
      return new Promise(() => {});
    });
    const first = metrics.text();
    await clock.advance(2_000);
    const second = metrics.text();
    await clock.advance(3_000);
    expect(await first).toMatch(/^serverctl_database_up 0$/m);
    expect(await second).toMatch(/^serverctl_database_up 0$/m);
    expect(reads).toBe(1);
  });

  it('says of each credential in each zone whether it worked when it was tried last, and how long ago (R23)', async () => {
    const [zone, other] = ['example.com', 'example.net'];
    let preflights: FleetReading['preflights'] = [
      { credential: 'cf', zone, isOk: true, ageSeconds: 12.5, everySeconds: 300 },
      { credential: 'cf', zone: other, isOk: false, ageSeconds: 301, everySeconds: 1_650 },
    ];
    const { metrics, clock } = house(async () => ({ ...empty, preflights }));
    const text = await metrics.text();
    expect(text).toContain('serverctl_dns_preflight_ok{credential="cf",zone="example.com"} 1\n');
    expect(text).toContain('serverctl_dns_preflight_ok{credential="cf",zone="example.net"} 0\n');
    expect(text).toContain('serverctl_dns_preflight_age_seconds{credential="cf",zone="example.com"} 12.5\n');
    expect(text).toContain('serverctl_dns_preflight_period_seconds{credential="cf",zone="example.net"} 1650\n');
    preflights = [];
    await clock.advance(1_000);
    expect(await metrics.text()).not.toContain('serverctl_dns_preflight_ok{');
  });

  it("counts and times a provider's calls by verb and outcome, and changes nothing about them", async () => {
    const { metrics, clock } = house();
    const refusal = new AppError('dns_rate_limited', { retryAfterSeconds: 1 });
    const provider = metrics.counted('rfc2136', {
      read: async () => {
        await clock.advance(250);
        throw refusal;
      },
    } as unknown as DnsProvider);
    await expect(provider.read(undefined as never, new AbortController().signal)).rejects.toBe(refusal);
    const text = await metrics.text();
    const labels = 'provider="rfc2136",verb="read",outcome="dns_rate_limited"';
    expect(text).toContain(`serverctl_dns_call_duration_seconds_sum{${labels}} 0.25`);
    expect(text).toContain(`serverctl_dns_call_duration_seconds_count{${labels}} 1`);
  });

  it('is text that promtool takes, with its own hints on names obeyed', ({ skip }) => {
    if (!promtool) skip('promtool is not installed');
    const { metrics } = house();
    metrics.request({ method: 'GET', route: '/api/v1/pools', status: 200 }, 0.01);
    return metrics.text().then((text) => {
      const ours = text.split(/\n(?=# HELP )/).filter((one) => one.startsWith('# HELP serverctl_'));
      const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: `${ours.join('\n')}\n` });
      expect({ status, said: String(stderr) }).toEqual({ status: 0, said: '' });
    });
  });
});

describe('the rules and the dashboard that we hand out', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sct-metrics-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const declared = new Set(describeMetrics(createFakeClock()).map(({ name }) => name));
  const dashboard = readFileSync(new URL('grafana-dashboard.json', docs), 'utf8');
  const rules = readFileSync(new URL('alerts.yml', docs), 'utf8');

  it('use metrics that there are', () => {
    const used = [...`${rules}${dashboard}`.matchAll(/serverctl_[a-z_]+/g)].map(([name]) =>
      name.replace(/_(count|bucket|sum)$/, ''),
    );
    expect(used.length).toBeGreaterThan(20);
    expect([...new Set(used)].filter((name) => !declared.has(name))).toEqual([]);
  });

  it('are what promtool takes', ({ skip }) => {
    if (!promtool) skip('promtool is not installed');
    const said = execFileSync('promtool', ['check', 'rules', new URL('alerts.yml', docs).pathname], {
      encoding: 'utf8',
    });
    expect(said).toMatch(/SUCCESS: \d+ rules found/);
  });

  it('hold queries that promtool takes in every panel', ({ skip }) => {
    if (!promtool) skip('promtool is not installed');
    const panels = JSON.parse(dashboard).panels as { targets: { expr: string }[] }[];
    const exprs = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const asRules = exprs.map(
      (expr, index) => `      - record: panel_${index}\n        expr: ${JSON.stringify(expr)}\n`,
    );
    const input = `groups:\n  - name: panels\n    rules:\n${asRules.join('')}`;
    const path = join(directory, 'panels.yml');
    writeFileSync(path, input);
    const { status, stderr } = spawnSync('promtool', ['check', 'rules', path]);
    expect({ status, said: String(stderr) }).toEqual({ status: 0, said: '' });
  });

  it('explain every alert: what it means, and what to do', () => {
    const pages = readFileSync(new URL('alerts.md', docs), 'utf8');
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    expect(alerts.length).toBeGreaterThan(5);
    expect(alerts.filter((name) => !pages.includes(`\n## ${name}\n`))).toEqual([]);
    expect(alerts.filter((name) => !rules.includes(`alerts.md#${name?.toLowerCase()}"`))).toEqual([]);
  });
});
