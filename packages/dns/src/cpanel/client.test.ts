import { describe, expect, it } from 'vitest';
import type { ApiHttp } from '../api-http.ts';
import { soon } from '../contract/subject.ts';
import { TransportError } from '../transport/transport-error.ts';
import { createClient } from './client.ts';
import type { Panel } from './envelope.ts';
import { createCpanelProvider } from './index.ts';
import { answering, envelope, ref, token, zoneName } from './testing.ts';

const edits = { add: [], edit: [], remove: [3] };

/** A client that is answered so. */
function answered(panel: Panel, replies: Parameters<typeof answering>[1] = {}) {
  const { http, asked } = answering(panel, replies);
  return { asked, http, client: createClient({ http, panel, user: 'owner', token }) };
}

/** A client whose every request ends so. */
function ending(error: unknown) {
  const http: ApiHttp = { request: () => Promise.reject(error) };
  return createClient({ http, panel: 'cpanel', user: 'owner', token });
}

describe('requests', () => {
  it.each([
    ['cpanel', '/execute/DNS/parse_zone?zone=example.test', '/execute/DNS/mass_edit_zone'],
    ['whm', '/json-api/parse_dns_zone?api.version=1&zone=example.test', '/json-api/mass_edit_dns_zone?api.version=1'],
  ] as const)('to %s are signed in its form, and an edit has nothing in its path', async (panel, parse, edit) => {
    const { client, asked } = answered(panel);
    await client.readZone(zoneName, soon());
    await client.edit(zoneName, 5, { add: [], edit: [], remove: [] }, soon());
    expect(asked.map(({ method, path, headers }) => [method, path, headers['authorization']])).toEqual([
      ['GET', parse, `${panel} owner:${token}`],
      ['POST', edit, `${panel} owner:${token}`],
    ]);
  });

  it.each([
    ['', token, 'dns_panel_user_invalid'],
    ['own er', token, 'dns_panel_user_invalid'],
    ['owner:x', token, 'dns_panel_user_invalid'],
    ['owner\r\nx-more: 1', token, 'dns_panel_user_invalid'],
    ['o'.repeat(513), token, 'dns_panel_user_invalid'],
    ['owner', ' ', 'dns_token_malformed'],
    ['owner', 'a b', 'dns_token_malformed'],
    ['owner', 'tokén', 'dns_token_malformed'],
  ])('are never made as %j with %j', (user, secret, code) => {
    const made = () => createClient({ http: ending(null) as never, panel: 'whm', user, token: secret });
    expect(made).toThrow(expect.objectContaining({ code }));
  });
});

const login = '<!DOCTYPE html><html><head><title>\n Panel  Login </title></head></html>';
const isOpen = 'dns_outcome_unknown';

describe.each(['cpanel', 'whm'] as const)('a reply of %s', (panel) => {
  const refusal = envelope(panel, null, `No, ${token}!`);
  const success = envelope(panel, { new_serial: '7' }, null);
  const other = envelope(panel === 'cpanel' ? 'whm' : 'cpanel', null, 'Permission denied');
  const page = (status: number, text = login) => ({ status, text });
  it.each([
    ['a sign-in page', page(200), 'dns_panel_page', isOpen],
    ['a redirect', { ...page(301, ''), headers: { location: '/login' } }, 'dns_panel_page', isOpen],
    ['a page that is not found', page(404), 'dns_panel_page', isOpen],
    ['a page to what is too large', page(413), 'dns_panel_page', isOpen],
    ['a refused page', page(403), 'dns_token_refused', isOpen],
    ['no right to sign in', page(401, '{}'), 'dns_token_refused', isOpen],
    ['no right to sign in, said by the panel', page(401, refusal), 'dns_token_refused', 'dns_token_refused'],
    ['no right, said beside a success', page(403, success), 'dns_token_lacks_scope', isOpen],
    ['no right, said by the other panel', page(403, other), 'dns_token_lacks_scope', isOpen],
    ['no right, said by the panel', page(403, refusal), 'dns_token_lacks_scope', 'dns_not_allowed'],
    ['a gateway’s failure', page(502), 'dns_server_failure', isOpen],
    ['a time-out', page(408), 'dns_server_failure', isOpen],
    ['nonsense', page(200, 'Service starting'), 'dns_reply_malformed', isOpen],
    ['half a reply', page(200, success.slice(0, -4)), 'dns_reply_malformed', isOpen],
    ['JSON that is no envelope', page(200, '{"data":[]}'), 'dns_reply_malformed', isOpen],
    ['more than is read', page(200, success.padEnd(9 * 1024 * 1024)), 'dns_reply_malformed', isOpen],
    ['the other panel’s', page(200, other), 'dns_panel_other_api', isOpen],
    ['too many', { ...page(429), headers: { 'retry-after': '17' } }, 'dns_rate_limited', 'dns_rate_limited'],
  ])('that is %s', async (_, fault, read, write) => {
    const { client } = answered(panel, { GET: [fault], POST: [fault] });
    await expect(client.readZone(zoneName, soon())).rejects.toMatchObject({ code: read });
    await expect(client.edit(zoneName, 7, edits, soon())).rejects.toMatchObject({ code: write });
  });

  it('that refuses a read names the zone as not served, in the panel’s words and without the token', async () => {
    const { client } = answered(panel, { GET: [{ text: refusal }] });
    const details = { zone: zoneName, said: 'No, …!' };
    await expect(client.readZone(zoneName, soon())).rejects.toMatchObject({ code: 'dns_zone_not_served', details });
  });

  it('that holds no zone is unreadable, and says why', async () => {
    const empty = envelope(panel, panel === 'whm' ? { payload: [] } : [], null);
    const { client } = answered(panel, { GET: [{ text: success }, { text: empty }] });
    for (const because of ['no-list', 'no-serial']) {
      const failure = { code: 'dns_reply_malformed', details: { because } };
      await expect(client.readZone(zoneName, soon())).rejects.toMatchObject(failure);
    }
  });
});

describe('details', () => {
  it('tell whose page it is, and how long to wait', async () => {
    const busy = { status: 429, headers: { 'retry-after': '17' }, text: '' };
    const telling = { text: login.replace('Login', `${'x'.repeat(60)} ${token}`) };
    const { client } = answered('cpanel', { GET: [{ text: login }, busy, telling] });
    const of = (details: object) => expect(client.readZone(zoneName, soon())).rejects.toMatchObject({ details });
    await of({ because: 'page: Panel Login', request: 'GET /execute/DNS/parse_zone' });
    await of({ retryAfterSeconds: 17 });
    await of({ because: `page: Panel ${'x'.repeat(60)} …` });
  });
});

describe('silence', () => {
  const untrusted = Object.assign(new Error('x'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  it.each([
    ['before anything was sent', new TransportError('refused', false), 'dns_unreachable', 'dns_unreachable'],
    ['after it was sent', new TransportError('closed', true), 'dns_unreachable', isOpen],
    ['that nobody explains', new Error('x'), 'dns_unreachable', isOpen],
    [
      'of a panel that proves nothing',
      new TransportError('refused', false, new Error('y', { cause: untrusted })),
      'dns_panel_untrusted',
      'dns_panel_untrusted',
    ],
  ])('%s', async (_, error, read, write) => {
    const client = ending(error);
    await expect(client.readZone(zoneName, soon())).rejects.toMatchObject({ code: read });
    await expect(client.edit(zoneName, 1, edits, soon())).rejects.toMatchObject({ code: write });
    await expect(client.rehearse(zoneName, 1, edits, soon())).rejects.toMatchObject({ code: read });
  });
});

describe('the check of a token', () => {
  it('fails where the panel does, and says nothing about rights then', async () => {
    const denied = { status: 403, text: envelope('whm', null, 'Access denied') };
    const { http } = answered('whm', { POST: [{ status: 503, text: '' }, denied] });
    const options = { http, panel: 'whm', user: 'owner', token, instance: 'aaaaaaaaaaaa' as never } as const;
    const provider = createCpanelProvider({ ...options, random: () => 0, wait: async () => {} });
    await expect(provider.probe(ref, soon())).rejects.toMatchObject({ code: 'dns_server_failure' });
    expect(await provider.probe(ref, soon())).toMatchObject({ canEdit: false, canMark: false });
  });
});
