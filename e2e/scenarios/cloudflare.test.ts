import type { BindingStatus, CredentialView, PoolOperated, PromotionView, WhyView } from '@serverctl/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnswerProbe, startAnswerProbe } from '../src/answer-probe.ts';
import { closingTests } from '../src/closing-tests.ts';
import {
  addCloudflareCredential,
  type Cloudflare,
  type CloudflareOptions,
  cloudflareZone,
  startCloudflare,
} from '../src/cloudflare.ts';
import { declareIpv4 } from '../src/declared-address.ts';
import { allReady, memberOf, promotions } from '../src/edge.ts';
import { eventually, eventuallyAre } from '../src/eventually.ts';
import type { LabStageMember } from '../src/lab-stage.ts';
import { type LivePool, livePool, openBeforeTests } from '../src/live-pool.ts';
import { wallMs } from '../src/platform/wall-clock.ts';
import { labMissing, scenario } from '../src/scenario.ts';
import { stays } from '../src/stays.ts';

/*
 * Pools with names at two providers: one zone of the lab's name server over RFC 2136, one at an emulated Cloudflare, whose records that name
 * server answers as well. Two pools side by side; what happens to one is told in order.
 *
 *   edge   m1 m2   edge (RFC 2136), plain (Cloudflare, DNS only), shop (Cloudflare, proxied), and later six with A and AAAA: failovers, a
 *                  provider that refuses, a late write, a person's hand, both families
 *   solo   m3      solo (RFC 2136) and three names at Cloudflare: what others do to its records, and an address that changes
 *
 * Then, with both at rest, Cloudflare shuts out the credential that they share, and edge fails over meanwhile.
 */
const delaySeconds = 10;
/** Names are read every 30 s for 15 min after a write (R22); a busy machine and the other pool’s refusals come on top. */
const noticedWithinMs = 60_000;
/** What the vendor says with 429 (DNS-PROVIDERS.md section 1). */
const refusal429 = {
  status: 429,
  headers: { 'content-type': 'application/json', 'retry-after': '2' },
  text: JSON.stringify({ success: false, errors: [{ code: 971, message: 'Emulated' }], messages: [], result: null }),
};
/** The vendor's five minutes, made short: longer than it takes to fail over, and to say that the names are held up. */
const lockOutSeconds = 25;
/** I4. */
const staleAtMostMs = 35_000;
const at6 = (host: LabStageMember) => `2001:db8::${host.name.slice(1)}`;
/** Public ones: what an agent declares counts only then. Nobody asks for them, the lab has no way out. */
const dialIns = ['9.77.0.13', '9.77.0.14'] as const;

const names = { plain: `plain.${cloudflareZone}`, shop: `shop.${cloudflareZone}`, six: `six.${cloudflareZone}` };
const soloNames = ['stranger', 'twice', 'gone'].map((label) => `${label}.${cloudflareZone}`);
const [stranger = '', twice = '', gone = ''] = soloNames;

describe.skipIf(labMissing)(`Cloudflare${labMissing ? ` (skipped: ${labMissing})` : ''}`, () => {
  let cloudflare: Cloudflare;
  let plain: AnswerProbe;
  const at = scenario('cloudflare', 3, async (stage) => {
    cloudflare = await startCloudflare(stage);
    const { address, port } = stage.dns;
    return { SERVERCTL_ALLOW_PRIVATE_TARGETS: [`${address}:${port}`, cloudflare.target].join(',') };
  });
  const cli = <Reply>(...args: readonly string[]) => at.plane.cli<Reply>(...args);
  const addName = (pool: string, name: string, ...more: readonly string[]) =>
    cli('dns', 'add', pool, name, '--zone', cloudflareZone, '--credential', 'cloudflare', '--ttl', '60', ...more);
  const edge = livePool(at, {
    ...{ name: 'edge', hosts: ['m1', 'm2'], delaySeconds },
    async beforePublish() {
      await addName('edge', names.plain);
      await addName('edge', names.shop, '--proxied', 'on');
    },
  });
  const solo = livePool(at, {
    ...{ name: 'solo', hosts: ['m3'], delaySeconds },
    async beforePublish() {
      for (const name of soloNames) await addName('solo', name);
      await declareIpv4(at.host('m3'), dialIns[0]);
    },
  });
  beforeAll(async () => {
    await addCloudflareCredential(at.plane, cloudflare);
    plain = startAnswerProbe(at.stage, names.plain);
  });
  afterAll(() => plain?.stop());
  openBeforeTests([edge, solo]);

  const dig = (name: string, type = 'A') => at.stage.lab.dns.dig(name, type);
  const bindingOf = async (pool: LivePool, name: string, type = 'A'): Promise<BindingStatus> => {
    const found = (await pool.now()).status.bindings.find((one) => one.name === name && one.type === type);
    if (found === undefined) throw new Error(`${pool.name} has no ${type} record ${name}`);
    return found;
  };
  const untilPublished = (pool: LivePool, address: string) =>
    pool.until(`every A published at ${address}`, ({ status }) =>
      status.bindings.every(
        ({ type, state, desiredAddress }) => type !== 'A' || (state === 'published' && desiredAddress === address),
      ),
    );
  const operate = (...args: readonly string[]) => cli<PoolOperated>('pool', ...args, '--reason', 'scenario');

  async function newest(pool: LivePool): Promise<PromotionView> {
    const [promotion] = await promotions(at.plane, pool.name);
    if (promotion === undefined) throw new Error(`${pool.name} was never promoted`);
    return promotion;
  }

  /** Stops HAProxy of the active host for as long as the action takes, whatever becomes of that. */
  async function withoutHaproxy<Done>(host: LabStageMember, action: (since: number) => Promise<Done>): Promise<Done> {
    const since = wallMs();
    await host.stopHaproxy();
    try {
      return await action(since);
    } finally {
      await host.startHaproxy();
    }
  }

  async function refusal(...args: readonly string[]): Promise<string> {
    const { status, stderr } = await at.plane.tryCli(...args, '--json');
    expect(status).not.toBe(0);
    return stderr;
  }

  /** At rest, whether or not the other host may lead already: one that was in trouble needs 30 s of health for that (R3), a person does not. */
  async function atRest(): Promise<{ readonly active: LabStageMember; readonly other: LabStageMember }> {
    const view = await edge.until('at rest', ({ status }) => status.state === 'calm');
    const [active, other] = edge.hosts.toSorted(({ name }) => (memberOf(view, name).role === 'active' ? -1 : 1));
    if (active === undefined || other === undefined) throw new Error('edge has two hosts');
    return { active, other };
  }

  async function promote(to: LabStageMember): Promise<void> {
    edge.expectMove('switchover', to, 'switchover');
    await cli('member', 'promote', edge.name, to.hostname, '--reason', 'scenario', '--yes', '--confirm-not-ready');
  }

  it.each<[string, string, CloudflareOptions]>([
    ['a token that nobody made', 'dns_token_refused', { token: 'wrong-token' }],
    ['a token that may not read records', 'dns_token_lacks_scope', { token: 'reads-no-records' }],
    ['a token that may not edit', 'dns_not_allowed', { token: 'edits-nothing' }],
    ['a token for use from elsewhere, though its own check says 200', 'dns_token_restricted', { token: 'filtered' }],
    ['another zone’s id', 'dns_zone_id_wrong', { zoneId: 'f'.repeat(32) }],
  ])('refuses %s with %s, and stores nothing', async (_what, code, wrong) => {
    await cloudflare.addToken('reads-no-records', { dnsRead: false, dnsEdit: false });
    await cloudflare.addToken('edits-nothing', { dnsEdit: false });
    await cloudflare.addToken('filtered', { addresses: ['2001:db8::1'] });
    const before = await cli<readonly CredentialView[]>('dns', 'credential', 'list');
    const refused = await refusal(...(await cloudflare.credential('bad', { ...wrong, tryOn: names.plain })));
    expect(refused).toContain(`"${code}"`);
    const stored = await cli<readonly CredentialView[]>('dns', 'credential', 'list');
    expect(stored.map(({ name }) => name)).toEqual(before.map(({ name }) => name));
  });

  describe.concurrent('edge', () => {
    it('moves the names of two providers in one promotion, and shows each one’s proof (R24)', {
      concurrent: false,
    }, async () => {
      const { active, next, view } = await edge.settled();
      const asked = (await cloudflare.exchanges()).length;
      edge.expectMove('failover', next, 'haproxy-inactive');
      await withoutHaproxy(active, async (since) => {
        const moved = await Promise.all(
          [edge.probe, plain].map((probe) => probe.until(next.address, { since, withinMs: 15_000 })),
        );
        const took = moved.map((answer) => Math.round(answer.at - since)).join(', ');
        console.log(`HAProxy stopped → answers moved: ${took} ms`);
        await untilPublished(edge, next.address);
      });
      const promotion = await newest(edge);
      console.log(timeline(promotion));
      expect(promotion).toMatchObject({ kind: 'failover', epoch: view.epoch + 1 });
      for (const name of [edge.managedName, names.plain, names.shop])
        expect(stepsOf(promotion, name)).toEqual(expect.arrayContaining(['acknowledged', 'answered', 'all-answered']));
      expect((await bindingOf(edge, names.plain)).published).toMatchObject([{ addresses: [next.address], ok: true }]);
      expect((await bindingOf(edge, names.shop)).published).toMatchObject([
        { server: 'the provider’s API', addresses: [next.address], ok: true },
      ]);
      expect(await dig(names.plain)).toEqual([next.address]);
      const edgeOfTheVendor = await dig(names.shop);
      expect(edgeOfTheVendor).not.toContain(next.address);
      expect(edgeOfTheVendor).not.toEqual([]);
      for (const name of [names.plain, names.shop]) {
        const { content, proxied, comment } = await cloudflare.recordAt(name);
        expect({ content, proxied }).toEqual({ content: next.address, proxied: name === names.shop });
        expect(comment).toContain(`epoch=${promotion.epoch}`);
      }
      // Two names of a zone in one call (R22); a repair of the pool beside it, in the same zone, may have taken one of them along.
      const writes = (await cloudflare.exchanges(asked)).filter(({ body }) => body.includes(`"${next.address}"`));
      const calls = writes.map(({ path, body }) => `${path.split('/').at(-1)}: ${body}`).join('\n');
      console.log(`written in ${writes.length} call(s)`);
      expect(calls.split(`"${next.address}"`), calls).toHaveLength(3); // each name once
      expect(calls, calls).toContain('batch: ');
    });

    it('corrects a write of an earlier epoch that comes late (I4)', { concurrent: false }, async () => {
      const { active, other: next } = await atRest();
      const { id } = await cloudflare.recordAt(names.plain);
      await cloudflare.inject(
        { kind: 'late', ms: 12_000 },
        { methods: ['PATCH', 'POST'], path: `/(batch|${id})$`, times: 1 },
      );
      const promotedAt = wallMs();
      await promote(next);
      await plain.until(next.address, { since: promotedAt, withinMs: 20_000 });
      const backAt = wallMs();
      await promote(active);
      await plain.until(active.address, { since: backAt, withinMs: 15_000 });
      const seen = plain.history.length;
      const late = await eventually(
        'the late write',
        () => plain.history[seen],
        (one) => one !== undefined,
        30_000,
      );
      expect(late?.addresses).toEqual([next.address]);
      const corrected = await plain.until(active.address, { since: late?.at ?? 0, withinMs: staleAtMostMs });
      console.log(`late write → corrected: ${Math.round(corrected.at - (late?.at ?? 0))} ms`);
      const shop = async () => [(await cloudflare.recordAt(names.shop)).content];
      await eventuallyAre(names.shop, shop, [active.address], staleAtMostMs);
    });

    it('moves what it can while Cloudflare refuses, says so of each name, and comes to an end when it may', {
      concurrent: false,
    }, async () => {
      const { active, next } = await edge.settled();
      const { seq: before = 0 } = (await edge.events()).at(-1) ?? {};
      edge.expectMove('failover', next, 'haproxy-inactive');
      await cloudflare.inject({ kind: 'before', reply: refusal429 }, { methods: ['PATCH', 'POST'], times: 'always' });
      const open = await withoutHaproxy(active, (since) => heldUp(active, next, since)).finally(cloudflare.lift);
      const liftedAt = wallMs();
      await plain.until(next.address, { since: liftedAt, withinMs: 20_000 });
      await untilPublished(edge, next.address);
      const done = await newest(edge);
      console.log(`refused, then let in:\n${timeline(done)}`);
      expect(done.id).toBe(open.id);
      const news = (await edge.events()).filter(({ seq }) => seq > before).map(({ kind }) => kind);
      expect(news).toEqual(expect.arrayContaining(['dns.blocked', 'dns.recovered']));
    });

    /** The state in between; returns the promotion with the steps that were reached. */
    async function heldUp(from: LabStageMember, to: LabStageMember, since: number): Promise<PromotionView> {
      await edge.probe.until(to.address, { since, withinMs: 15_000 });
      const between = await edge.until('held up at Cloudflare', ({ status }) => status.state === 'blocked', 10_000);
      console.log(`in between: ${between.status.state}: ${between.status.sentence}`);
      expect(await bindingOf(edge, edge.managedName)).toMatchObject({ state: 'published', error: null });
      // The pool is blocked with the first of its names; each tells its own, one write after the other.
      const isBlocked = ({ state }: BindingStatus) => state === 'blocked';
      const held = await eventually('told as blocked', () => bindingOf(edge, names.plain), isBlocked, 10_000);
      expect(held).toMatchObject({
        ...{ state: 'blocked', desiredAddress: to.address },
        error: { code: 'dns_rate_limited', remedy: expect.stringContaining('by itself') },
      });
      const shown = await at.plane.tryCli('dns', 'show', edge.name, names.plain);
      expect(shown).toMatchObject({ status: 0, stdout: expect.stringMatching(/state +blocked[\s\S]*slow down/) });
      const open = await newest(edge);
      expect(stepsOf(open, edge.managedName)).toContain('all-answered');
      for (const name of [names.plain, names.shop]) expect(stepsOf(open, name)).not.toContain('acknowledged');
      expect(plain.present()).toEqual([from.address]);
      return open;
    }

    it('leaves another member’s address that a person set at both providers, and adopts it when told to (R21)', {
      concurrent: false,
    }, async () => {
      const { active, other: next } = await atRest();
      await cloudflare.change(await cloudflare.recordAt(names.plain), { content: next.address });
      await edge.until('drift', ({ status }) => status.state === 'drift', noticedWithinMs);
      expect(await dig(names.plain)).toEqual([next.address]);
      expect(memberOf(await edge.now(), active.name).role).toBe('active');
      // The other names are the active member's still: there is nobody to adopt.
      expect(await refusal('pool', 'adopt', edge.name, '--reason', 'x', '--yes')).toContain('record_names_no_member');
      await cloudflare.change(await cloudflare.recordAt(names.shop), { content: next.address });
      const lines = [`update delete ${edge.managedName} A`, `update add ${edge.managedName} 30 A ${next.address}`];
      expect((await at.stage.lab.dns.nsupdate(`${lines.join('\n')}\nsend\n`)).status).toBe(0);
      edge.expectMove('adoption', next, 'adopted');
      const { promotion } = await operate('adopt', edge.name, '--yes', '--confirm-not-ready');
      await atRest();
      const view = await edge.now();
      expect(memberOf(view, next.name).role).toBe('active');
      expect(promotion).toMatchObject({ kind: 'adoption', epoch: view.epoch });
      expect((await cloudflare.recordAt(names.plain)).comment).toContain(`epoch=${view.epoch}`);
    });

    it('moves A and AAAA in one promotion, and lets the AAAA go or requires it, as the pool says (R20)', {
      concurrent: false,
    }, async () => {
      const { active, other: next } = await atRest();
      const address6 = (host: LabStageMember, address: string) =>
        cli('member', 'set', edge.name, host.hostname, '--ipv6', address);
      const answers = async () => [...(await dig(names.six)), ...(await dig(names.six, 'AAAA'))];
      const untilAnswers = (what: readonly string[]) => eventuallyAre(names.six, answers, what);
      for (const host of [active, next]) await address6(host, at6(host));
      // The present promotion knows no IPv6 address: the name brings one of its own (R16).
      edge.expectMove('switchover', active, 're-addressed');
      await addName(edge.name, names.six, '--families', 'both');
      await untilAnswers([active.address, at6(active)]);

      await promote(next);
      await untilAnswers([next.address, at6(next)]);
      await untilPublished(edge, next.address);
      const promotion = await newest(edge);
      for (const type of ['A', 'AAAA']) expect(stepsOf(promotion, names.six, type)).toContain('all-answered');

      await address6(active, 'none');
      await atRest();
      await promote(active);
      await untilAnswers([active.address]);
      expect(await cloudflare.recordsAt(names.six, 'AAAA')).toEqual([]);
      await atRest();
      await promote(next);
      await untilAnswers([next.address, at6(next)]);

      await cli('pool', 'set', edge.name, '--ipv6', 'require');
      const view = await edge.until('no candidate', (now) => !memberOf(now, active.name).ready, 15_000);
      expect(memberOf(view, active.name).standingSentence).toContain('no public IPv6 address');
      const why = await cli<WhyView>('why', edge.name);
      const others = why.others.filter(({ hostname }) => hostname === active.hostname);
      expect(others).toMatchObject([{ because: expect.stringContaining('no public IPv6 address') }]);
      const forced = ['--reason', 'x', '--yes', '--confirm-not-ready'];
      expect(await refusal('member', 'promote', edge.name, active.hostname, ...forced)).toContain('target_has_no_aaaa');
      await address6(active, at6(active));
      await edge.until('ready again', allReady);
    });
  });

  describe.concurrent('solo', () => {
    it('keeps a person’s comment, and repairs a stranger’s address, a second record and a missing one (R21)', {
      concurrent: false,
    }, async () => {
      const [host] = solo.hosts;
      await untilPublished(solo, host!.address);
      const asked = (await cloudflare.exchanges()).length;
      const one = await cloudflare.recordAt(stranger);
      const since = wallMs();
      await cloudflare.change(one, { content: '203.0.113.99', comment: `web team ${one.comment}` });
      await cloudflare.create({ type: 'A', name: twice, content: '203.0.113.99', ttl: 60 });
      await cloudflare.remove(await cloudflare.recordAt(gone));
      for (const name of soloNames) await eventuallyAre(name, () => dig(name), [host!.address], noticedWithinMs);
      console.log(`three records changed by hand → all repaired: ${Math.round(wallMs() - since)} ms`);
      expect((await cloudflare.recordAt(stranger)).comment).toBe(`web team ${one.comment}`);
      expect((await cloudflare.recordAt(twice)).content).toBe(host!.address);
      await eventually(
        'repairs told',
        () => solo.told(since),
        (told) => told['dns.repaired'] === 3,
      );
      const writes = (await cloudflare.exchanges(asked)).filter(({ method }) => method !== 'GET');
      expect(writes.map(({ method }) => method)).not.toContain('DELETE'); // never one record less between two requests (R20)
    });

    it('pauses and pages for a foreign mark in a comment, and writes above its epoch when told to keep', {
      concurrent: false,
    }, async () => {
      const [host] = solo.hosts;
      const one = await cloudflare.recordAt(stranger);
      const foreign = `web team v=1 cp=000000000000 pool=${(await solo.now()).id} epoch=41`;
      const news = await stays(solo, 1_000, async () => {
        await cloudflare.change(one, { comment: foreign });
        await solo.until('paused', ({ paused }) => paused?.because === 'foreign-mark', noticedWithinMs);
      });
      expect(news.filter(({ kind, severity }) => kind === 'pool.paused' && severity === 'critical')).toHaveLength(1);
      expect((await cloudflare.recordAt(stranger)).comment).toBe(foreign);
      expect(await refusal('pool', 'resume', solo.name, '--reason', 'x')).toContain('resume_needs_choice');
      solo.expectMove('switchover', host!, 'kept');
      const { promotion } = await operate('resume', solo.name, '--keep', '--yes');
      expect(promotion).toMatchObject({ epoch: 42 });
      await untilPublished(solo, host!.address);
      const { comment } = await cloudflare.recordAt(stranger);
      expect(comment).toMatch(/^web team v=1 cp=\w+ pool=\w+ epoch=42/);
      expect(comment).not.toContain('cp=000000000000');
    });

    it('follows the active host’s public address with all names, once for each change (dynamic DNS)', {
      concurrent: false,
    }, async () => {
      const [host] = solo.hosts;
      solo.expectMove('switchover', host!, 're-addressed');
      await cli('member', 'set', solo.name, host!.hostname, '--ipv4', 'none', '--confirm-move');
      await untilPublished(solo, dialIns[0]);
      await cli('pool', 'set', solo.name, '--dynamic-dns', 'on');
      await solo.until('at rest', ({ status }) => status.state === 'calm');
      solo.expectMove('address', host!, 'address-changed');
      const seen = solo.probe.history.length;
      const since = wallMs();
      await at.faults.during('m3', () => declareIpv4(host!, dialIns[1]));
      const followed = await solo.probe.until(dialIns[1], { since, withinMs: 75_000 });
      console.log(`another address declared → answer followed: ${Math.round(followed.at - since)} ms`);
      await untilPublished(solo, dialIns[1]);
      expect(solo.probe.history.slice(seen).map(({ addresses }) => addresses)).toEqual([[dialIns[1]]]);
      for (const name of soloNames) expect(await dig(name)).toEqual([dialIns[1]]);
      expect(await solo.told(since)).toMatchObject({ 'pool.address-changed': 1 });
    });
  });

  it('keeps out of a credential that is shut out, says so within seconds, and moves its names when that is over (R19, R22)', async () => {
    const { active, next } = await edge.settled();
    const { seq: before = 0 } = (await edge.events()).at(-1) ?? {};
    const asked = (await cloudflare.exchanges()).length;
    const refusedSince = async () => (await cloudflare.exchanges(asked)).filter(({ status }) => status === 429);
    // Met by a read in calm, of whichever pool: what it is told holds for all calls with the credential.
    await cloudflare.inject({ kind: 'lock-out', seconds: lockOutSeconds }, { methods: ['GET'], times: 1 });
    await eventually('shut out', refusedSince, (refused) => refused.length > 0, noticedWithinMs);
    const overAt = wallMs() + lockOutSeconds * 1_000;
    edge.expectMove('failover', next, 'haproxy-inactive');
    await withoutHaproxy(active, async (since) => {
      const other = await edge.probe.until(next.address, { since, withinMs: 15_000 });
      const told = await eventually(
        'held up, told',
        async () => (await edge.events()).find(({ seq, kind }) => seq > before && kind === 'dns.blocked'),
        (event) => event !== undefined,
        15_000,
      );
      const toldAt = Date.parse(told?.at ?? '');
      expect(toldAt).toBeLessThan(overAt);
      expect(plain.present()).toEqual([active.address]);
      expect(await bindingOf(edge, edge.managedName)).toMatchObject({ state: 'published', error: null });
      // Each name is told for itself, and the first one to be told may be another.
      const held = await eventually(
        'held up, shown',
        () => bindingOf(edge, names.plain),
        (binding) => binding?.state === 'blocked',
        10_000,
      );
      expect(held).toMatchObject({ desiredAddress: next.address });
      const moved = await plain.until(next.address, { since, withinMs: lockOutSeconds * 1_000 + 15_000 });
      const [first, said, last] = [other.at, toldAt, moved.at].map((at) => Math.round(at - since));
      console.log(`HAProxy stopped → other provider moved ${first} ms, told ${said} ms, moved here ${last} ms`);
      console.log(`moved ${Math.round(moved.at - overAt)} ms after the end of the lock-out`);
      await untilPublished(edge, next.address);
    });
    // Those that were under way when it began; nobody asked again before its end.
    expect((await refusedSince()).length).toBeLessThanOrEqual(4);
    await eventually(
      'recovered, told',
      async () => (await edge.events()).filter(({ seq }) => seq > before).map(({ kind }) => kind),
      (kinds) => kinds.includes('dns.recovered'),
    );
  });

  it('never answered for the name at Cloudflare with nothing, two addresses or a stranger’s (R20)', () => {
    const ours = edge.hosts.map(({ address }) => address);
    const firstSet = plain.history.findIndex(({ addresses }) => addresses.length > 0);
    expect(firstSet).toBeGreaterThanOrEqual(0);
    for (const { addresses } of plain.history.slice(firstSet)) {
      expect(addresses).toHaveLength(1);
      expect(ours).toContain(addresses[0]);
    }
  });

  closingTests(at, [edge, solo], (address) => (address === at.host('m3').address ? dialIns : []));
});

function stepsOf({ steps }: PromotionView, name: string, type = 'A'): readonly string[] {
  return steps.filter((one) => one.name === name && one.type === type).map(({ step }) => step);
}

/** The measured points, in ms since the trouble was detected. */
function timeline({ kind, epoch, steps }: PromotionView): string {
  const lines = steps.map(
    ({ step, name, type, afterMs }) => `  ${Math.round(afterMs)} ms ${step} ${name ?? ''} ${type ?? ''}`,
  );
  return [`${kind}, epoch ${epoch}`, ...lines].join('\n');
}
