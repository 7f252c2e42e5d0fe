import { agentPaths } from '@serverctl/contract/agent';
import type { ErrorCode } from '@serverctl/core';
import { createCloudflareProvider, createMemoryProvider, createRfc2136Provider } from '@serverctl/dns';
import { Secret, TOTP } from 'otpauth';
import { systemClock as clock } from '../../platform/clock.ts';
import { systemRandom as random } from '../../platform/random.ts';
import { createSecretBox } from '../../platform/secrets.ts';
import { createProviderDesk } from '../../services/dns-providers.ts';
import { type MailServer, openMailServer, trustMailServers } from '../../services/notifications/testing/mail-server.ts';
import { openReceiver, type Receiver } from '../../services/notifications/testing/receiver.ts';
import { createOutbound } from '../../services/outbound.ts';
import { enrolRequest, heartbeat, newAgent, tokenRequest } from '../agent/testing/test-agent.ts';
import { type Answer, type Asking, api, openSiege, type Siege } from '../attacks/testing/siege.ts';
import { goodKey, memberInput } from './built-edge.ts';
import type { Canary, Place } from './canaries.ts';

/** A house with a canary in each kind of secret, through the API as people, hosts and programs use it; what it replied is kept. */
export interface SeededHouse {
  readonly siege: Siege;
  readonly canaries: readonly Canary[];
  readonly replies: readonly Place[];
  readonly receivers: readonly Receiver[];
  readonly mail: MailServer;
  readonly ids: Readonly<
    Record<'pool' | 'member' | 'user' | 'credential' | 'binding' | 'webhook' | 'slack' | 'email', string>
  >;
  readonly secretOf: (kind: string) => string;
  /** Asks, and keeps the reply as a place where only `shows` may be found. */
  tell(method: string, path: string, asking?: Asking, shows?: readonly string[]): Promise<Answer>;
  close(): Promise<void>;
}

/** Chosen by people; with characters that JSON, addresses and SQL write otherwise. */
const chosen = {
  password: 'cañary "quoted" \\ pässword of seeds',
  'password before': 'earlier "canary" \\ words of the seeds',
  'webhook address': 'canary-webhook-token-3f9a',
  'slack address': 'T0CANARY/B0CANARY/slack-canary-77',
  'TSIG secret': Buffer.from('canary-tsig-of-the-seeded-house!').toString('base64'),
  'DNS provider’s token': 'Canary-Token_of-the-seeded-house-0123456',
} as const;
const smtpPassword = 'canary "smtp" \\ pass-word';

export async function openSeededHouse(): Promise<SeededHouse> {
  trustMailServers();
  const receivers = [await openReceiver(), await openReceiver()];
  const mail = await openMailServer({
    onAuth: ({ username, password }, _session, done) =>
      password === smtpPassword ? done(null, { user: username ?? '' }) : done(new Error('wrong')),
  });
  const masterKey = Buffer.from(random.bytes(32));
  const hosts = [
    ...receivers.map(({ port }) => ({ host: 'hooks.example.com', port })),
    { host: 'mail.example.com', port: mail.port },
  ];
  let siege: Siege | null = null;
  siege = await openSiege({
    clock,
    change: ({ db, providers }) => {
      const secrets = createSecretBox(masterKey);
      const lookup = async (host: string) => [
        { address: /hooks|mail/.test(host) ? '127.0.0.1' : '198.51.100.53', family: 4 },
      ];
      const outbound = createOutbound({ clock, allowPrivate: hosts, lookup });
      const { instance } = providers;
      const inMemory = (refusal?: ErrorCode) => {
        const zone = siege?.house.zone;
        if (zone === undefined) throw new Error('nothing is asked before the house is open');
        return createMemoryProvider({
          zone,
          instance,
          rights: { edit: true, mark: true },
          ...(refusal && { refusal }),
        });
      };
      const desk = createProviderDesk({
        ...{ db, clock, random, secrets, outbound, instance },
        create: {
          cloudflare(options) {
            createCloudflareProvider(options); // the real one checks the token's form
            return inMemory();
          },
          rfc2136(options) {
            createRfc2136Provider(options); // the real one checks the key's form
            return inMemory(options.key.name === 'wrong-secret' ? 'dns_tsig_wrong_secret' : undefined);
          },
        },
      });
      return { secrets, outbound, providers: desk };
    },
  });
  return seed({ siege, receivers, mail, masterKey });
}

interface Opened {
  readonly siege: Siege;
  readonly receivers: readonly Receiver[];
  readonly mail: MailServer;
  readonly masterKey: Buffer;
}

async function seed({ siege, receivers, mail, masterKey }: Opened): Promise<SeededHouse> {
  const canaries: Canary[] = [];
  const replies: Place[] = [];
  const add = (kind: string, text: string, bytes?: Buffer) => {
    if (text === '') throw new Error(`there is no ${kind} to seed`);
    canaries.push({ kind, text, ...(bytes && { bytes }) });
    return text;
  };
  const ofPrefix = (kind: string, text: string) =>
    add(kind, text, Buffer.from(text.replace(/^[a-z]+_/, ''), 'base64url'));
  async function tell(
    method: string,
    path: string,
    asking: Asking = {},
    shows: readonly string[] = [],
  ): Promise<Answer> {
    const answer = await siege.ask(method, path, asking);
    const content = Buffer.from(`${JSON.stringify(answer.headers)}\n${answer.text}`);
    replies.push({ name: `${answer.status} ${method} ${path.slice(0, 60)}`, content, shows });
    return answer;
  }
  async function done(
    method: string,
    path: string,
    asking: Asking = {},
    shows: readonly string[] = [],
  ): Promise<Answer> {
    const answer = await tell(method, path, asking, shows);
    if (answer.status >= 300) throw new Error(`${method} ${path} was refused: ${answer.text}`);
    return answer;
  }
  const hash = ({ body }: Answer) => new URL(body.link).hash.slice(1);

  // The host and the first administrator.
  const host = ofPrefix('administrator token', siege.house.token);
  const asHost = { secret: host };
  add('password', chosen.password);
  add('password before', chosen['password before']);
  const setup = ofPrefix('setup link', hash(await done('POST', `${api}/invitations/setup`, asHost, ['setup link'])));
  const email = 'seeded@example.com';
  const accepted = await done('POST', `${api}/invitations/accept`, {
    body: { secret: setup, email, password: chosen['password before'] },
  });
  const user = accepted.body.id as string;
  const own = { 'sec-fetch-site': 'same-origin' };
  const signIn = (kind: string, shows: string, more: object = {}, password: string = chosen['password before']) =>
    done('POST', `${api}/session`, { body: { email, password, kind, ...more }, headers: own }, [shows]);
  const first = ofPrefix(
    'session of a command line',
    (await signIn('command-line', 'session of a command line')).body.token,
  );
  const begun = await done('POST', `${api}/me/totp`, { secret: first }, ['TOTP secret']);
  const totpSecret = Secret.fromBase32(
    add('TOTP secret', begun.body.secret, Buffer.from(Secret.fromBase32(begun.body.secret).buffer)),
  );
  const totp = new TOTP({ secret: totpSecret });
  const at = (steps: number) => totp.generate({ timestamp: clock.wallTime().getTime() + steps * 30_000 });
  const confirmed = await done('POST', `${api}/me/totp/confirm`, { secret: first, body: { code: at(-1) } }, [
    'recovery code',
    'recovery code without groups',
  ]);
  const [recovery = '', unused = ''] = confirmed.body.recoveryCodes as string[];
  add('recovery code', unused);
  add('recovery code without groups', unused.replaceAll('-', ''));
  const browser = await signIn('browser', 'session of a browser', { code: at(0) });
  ofPrefix('session of a browser', /=(scs_[\w-]+)/.exec(String(browser.headers['set-cookie']))?.[1] ?? '');
  await signIn('command-line', 'session of another', { recoveryCode: recovery });
  const changedTo = { current: chosen['password before'], next: chosen.password };
  const renewed = await done('POST', `${api}/me/password`, { secret: first, body: changedTo }, [
    'session after a new password',
  ]);
  const session = ofPrefix('session after a new password', renewed.body.token);

  // Programs, and people to come.
  const asUser = { secret: session };
  const tokenBody = { name: 'seeded', permissions: ['pool:read', 'metrics:read'] };
  ofPrefix(
    'API token',
    (await done('POST', `${api}/api-tokens`, { ...asUser, body: tokenBody }, ['API token'])).body.secret,
  );
  const invited = { email: 'invited@example.com', grants: [{ role: 'viewer', pool: null }] };
  ofPrefix('invitation', hash(await done('POST', `${api}/invitations`, { ...asHost, body: invited }, ['invitation'])));
  ofPrefix(
    'reset link',
    hash(await done('POST', `${api}/users/${user}/reset`, { ...asHost, body: {} }, ['reset link'])),
  );

  // A host.
  const pool = (await done('POST', `${api}/pools`, { ...asHost, body: { name: 'seeded' } })).body.id as string;
  const input = memberInput(51);
  const member = await done('POST', `${api}/pools/${pool}/members`, { ...asHost, body: input }, ['enrolment secret']);
  const memberId = member.body.member.id as string;
  const enrolment = add(
    'enrolment secret',
    member.body.enrolment.secret,
    Buffer.from(member.body.enrolment.secret, 'base64url'),
  );
  const agent = newAgent({ id: memberId, secret: enrolment, hostname: input.hostname } as never);
  const { d = '' } = agent.privateKey.export({ format: 'jwk' });
  add('agent key', d, Buffer.from(d, 'base64url'));
  const peer = input.publicIpv4;
  await tell('POST', agentPaths.enrol, { body: enrolRequest(agent), peer: '203.0.113.66' });
  await done('POST', agentPaths.enrol, { body: enrolRequest(agent), peer });
  const { nonce } = (await done('POST', agentPaths.nonce, { body: { memberId }, peer })).body;
  const proven = await done('POST', agentPaths.token, { body: tokenRequest(agent, nonce, null), peer }, [
    'agent session token',
  ]);
  const agentToken = add('agent session token', proven.body.token);
  await done('POST', agentPaths.heartbeat, {
    body: heartbeat(agent.member, proven.body.boot, 1),
    secret: agentToken,
    peer,
  });

  // The name server, and who is told.
  const tsig = add('TSIG secret', chosen['TSIG secret'], Buffer.from(chosen['TSIG secret'], 'base64'));
  const settings = { ...goodKey, secret: tsig };
  const credential = (await done('POST', `${api}/dns-credentials`, { ...asHost, body: { name: 'seeded', settings } }))
    .body.credential.id as string;
  const token = add('DNS provider’s token', chosen['DNS provider’s token']);
  const cloudflare = { provider: 'cloudflare', token, zoneIds: { 'example.com': '0123456789abcdef'.repeat(2) } };
  const test = { zone: 'example.com', name: 'cf.example.com' };
  await done('POST', `${api}/dns-credentials`, { ...asHost, body: { name: 'cf', settings: cloudflare, test } });
  const bindingBody = { name: 'lb.example.com', zone: 'example.com', credentialId: credential };
  const binding = (await done('POST', `${api}/pools/${pool}/bindings`, { ...asHost, body: bindingBody })).body.binding
    .id as string;
  const channel = (body: object, shows: readonly string[] = []) =>
    done('POST', `${api}/notification-channels`, { ...asHost, body }, shows);
  const [toWebhook, toSlack] = receivers.map(({ port }) => `http://hooks.example.com:${port}`);
  add('webhook address', chosen['webhook address']);
  add('slack address', chosen['slack address']);
  add('SMTP password', smtpPassword);
  const webhook = await channel({ kind: 'webhook', url: `${toWebhook}/x?token=${chosen['webhook address']}` }, [
    'signing secret',
  ]);
  add(
    'signing secret',
    webhook.body.signingSecret,
    Buffer.from(webhook.body.signingSecret.slice('whsec_'.length), 'base64'),
  );
  const slack = await channel({ kind: 'slack', url: `${toSlack}/services/${chosen['slack address']}` });
  const mailBody = {
    kind: 'email',
    host: 'mail.example.com',
    port: mail.port,
    user: 'alerts',
    password: smtpPassword,
    from: 'a@example.com',
    to: ['b@example.com'],
  };
  const emailed = await channel(mailBody);
  add('master key', masterKey.toString('base64'), masterKey);
  const derived = siege.deps.secrets.deriveKey('agent-session');
  add('key of the agents’ sessions', derived.toString('base64'), derived);

  const ids = {
    pool,
    member: memberId,
    user,
    credential,
    binding,
    webhook: webhook.body.channel.id,
    slack: slack.body.channel.id,
    email: emailed.body.channel.id,
  };
  return {
    siege,
    canaries,
    replies,
    receivers,
    mail,
    ids,
    secretOf: (kind) => canaries.find((one) => one.kind === kind)?.text ?? '',
    tell,
    async close() {
      for (const receiver of receivers) receiver.close();
      await mail.close();
      await siege.close();
    },
  };
}
