import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';

/** What the script knows of an element: enough of one to see what it shows. */
interface Part {
  hidden: boolean;
  textContent: string;
  value: string;
  readonly attributes: Map<string, string>;
  readonly listeners: Map<string, (event: { preventDefault(): void }) => unknown>;
}

const shown = {
  kind: 'invitation',
  email: null,
  invitedBy: 'host',
  grants: [],
  expiresAt: '2026-01-03T12:00:00.000Z',
};

/** The page's script, with a link in the address, on parts that only remember; `reply` is what each call gets. */
async function opened(reply: (path: string) => Response) {
  const parts = new Map<string, Part & Record<string, unknown>>();
  const focused: string[] = [];
  const part = (id: string) => {
    const one = parts.get(id) ?? { ...newPart(), focus: () => void focused.push(id) };
    parts.set(id, one);
    return one;
  };
  const script = await readFile(join(import.meta.dirname, 'join.js'), 'utf8');
  const location = new URL('https://cp.example.com/join#scl_canary');
  const page = {
    ...{ location, URL, Date, decodeURIComponent },
    document: { getElementById: part, createElement: newPart },
    history: { replaceState: () => undefined },
    addEventListener: () => undefined,
    fetch: async (path: string) => reply(path),
  };
  runInContext(script, createContext(page));
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  await settled();
  return {
    text: (id: string) => part(id).textContent,
    isMarked: (id: string) => part(id).attributes.get('aria-invalid') === 'true',
    focused: () => focused.at(-1),
    visible: () => ['wait', 'stop', 'ask', 'refused', 'done'].filter((id) => !part(id).hidden),
    async send(fields: Readonly<Record<string, string>>) {
      for (const [id, value] of Object.entries(fields)) part(id).value = value;
      await part('ask').listeners.get('submit')?.({ preventDefault: () => undefined });
      await settled();
    },
  };
}

function newPart(): Part & Record<string, unknown> {
  const listeners: Part['listeners'] = new Map();
  const attributes: Part['attributes'] = new Map();
  const nothing = () => undefined;
  return {
    ...{ hidden: true, textContent: '', value: '', listeners, attributes },
    ...{ focus: nothing, replaceChildren: nothing },
    setAttribute: (name: string, value: string) => attributes.set(name, value),
    addEventListener: (kind: string, listener: (event: { preventDefault(): void }) => unknown) =>
      listeners.set(kind, listener),
  };
}

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const fields = { name: 'Ann', email: 'ann@example.com', password: 'a new long password' };

const foreign: readonly (readonly [string, unknown])[] = [
  ['without an error', { message: 'Bad gateway' }],
  ['with an error in its own words', { error: 'Bad gateway' }],
  ['that is null', null],
];

test.each(foreign)(
  'a proxy’s 502 with JSON %s is no answer: the link was not used, and may be tried again',
  async (_what, body) => {
    const page = await opened(() => json(502, body));
    expect(page.visible()).toEqual(['stop']);
    expect(page.text('stop-title')).toBe('The control plane does not answer');
  },
);

test.each(foreign)(
  'the same when the link is used, JSON %s: it says that nothing may have happened yet',
  async (_what, body) => {
    const page = await opened((path) => (path.endsWith('/show') ? json(200, shown) : json(502, body)));
    await page.send(fields);
    expect(page.visible()).toEqual(['ask', 'refused']);
    expect(page.text('refused-title')).toBe('The control plane does not answer.');
  },
);

test('a refusal of the control plane is told in its own words', async () => {
  const error = { code: 'database_unavailable', message: 'The database does not answer.', remedy: 'Try again.' };
  const page = await opened(() => json(503, { error }));
  expect([page.text('stop-title'), page.text('stop-words')]).toEqual([error.message, error.remedy]);
});

test.each(['show', 'accept'])(
  'a link that cannot be used (%s) sends its user to who sent it, not to the host',
  async (at) => {
    const error = { code: 'link_invalid', message: 'Not known.', remedy: 'On the host it is `serverctl admin`.' };
    const page = await opened((path) => (path.endsWith(at) ? json(401, { error }) : json(200, shown)));
    if (at === 'accept') await page.send(fields);
    expect([page.visible(), page.text('stop-title')]).toEqual([['stop'], 'Not known.']);
    expect(page.text('stop-words')).toMatch(/^Ask whoever sent it to you for a new one\./);
  },
);

const refusedFields = async (names: readonly string[]) => {
  const error = { code: 'request_invalid', message: 'Not as expected.', remedy: 'x', details: { fields: names } };
  const page = await opened((path) => (path.endsWith('/show') ? json(200, shown) : json(422, { error })));
  await page.send(fields);
  return page;
};

test('what the control plane refuses of a field is said at that field', async () => {
  const page = await refusedFields(['body.email: must be an e-mail address']);
  expect([page.visible(), page.isMarked('email'), page.focused()]).toEqual([['ask'], true, 'email']);
  expect(page.text('email-wrong')).toBe('It must be an e-mail address.');
  expect(page.isMarked('name')).toBe(false);
});

test('what is no field of the form is told below it', async () => {
  const page = await refusedFields(['body.secret: must not be empty', 'body.name: must not be empty']);
  expect([page.visible(), page.isMarked('name')]).toEqual([['ask', 'refused'], true]);
  expect(page.text('refused-words')).toBe('body.secret: must not be empty');
});

test('the command to copy holds no address: a shell would read one like this as more than text', async () => {
  const email = "-o'neil@example.com";
  const page = await opened((path) => json(200, path.endsWith('/show') ? shown : { email, twoFactor: false }));
  await page.send({ ...fields, email });
  expect(page.visible()).toEqual(['done']);
  expect(page.text('done-words')).toContain(email);
  expect(page.text('command')).toBe('serverctl sign-in --url https://cp.example.com');
});
