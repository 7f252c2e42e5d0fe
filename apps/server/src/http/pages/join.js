/*
 * The page behind a one-time link. Its secret stands behind `#`, which no browser sends; it goes to the control plane in request bodies only.
 *
 *   wait ──link is good──→ ask ──sent──→ done
 *    │                      │ refused: stays in ask, with words
 *    └──bad, or no answer──→ stop (again, where trying again may help)
 *
 * Whatever the control plane says is text, never markup (R45).
 */

const find = (id) => document.getElementById(id);
const write = (id, text) => {
  find(id).textContent = text;
};

const words = {
  setup: {
    title: 'Become an administrator',
    lede: () => 'This link works once. After this, people are invited from inside.',
    send: 'Create the account',
    sending: 'Creating the account…',
    done: 'You are an administrator',
  },
  invitation: {
    title: 'Join ServerCTL',
    lede: (by) => `${by} invites you. This link works once.`,
    send: 'Create the account',
    sending: 'Creating the account…',
    done: 'Your account is ready',
  },
  reset: {
    title: 'Choose a new password',
    lede: () => 'This link works once. Wherever this account is signed in, it is signed out.',
    send: 'Set the password',
    sending: 'Setting the password…',
    done: 'Your new password is set',
  },
};

/** What is shown; null until the link was looked at. */
let link = null;

const secretInAddress = () => decodeURIComponent(location.hash.slice(1));

function show(id) {
  for (const part of ['wait', 'stop', 'ask', 'done']) find(part).hidden = part !== id;
  if (id !== 'wait') find(`${id}-title`).focus();
}

/** The reply's body, or what went wrong in the control plane's own words; `answered` is false where nobody answered, or a proxy in its place. */
async function post(path, body) {
  try {
    const reply = await fetch(`api/v1/invitations/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
    const answer = await reply.json();
    if (reply.ok) return { ok: true, body: answer };
    const { error } = answer;
    return { ok: false, answered: typeof error?.code === 'string', error };
  } catch {
    return { ok: false, answered: false, error: null };
  }
}

/** Seconds to wait where the control plane asks for it, beside its own words. */
function remedyOf({ remedy, details }) {
  const wait = details?.retryAfterSeconds;
  return typeof wait === 'number' ? `Try again in ${Math.ceil(wait)} s.` : remedy;
}

function stop(title, lede, canRetry) {
  write('stop-title', title);
  write('stop-words', lede);
  find('again').hidden = !canRetry;
  show('stop');
}

async function look() {
  show('wait');
  let secret;
  try {
    secret = secretInAddress();
  } catch {
    secret = '';
  }
  if (secret === '')
    return stop(
      'This link is not whole',
      'The part behind # is missing. Copy the whole link, and open it again.',
      false,
    );
  const reply = await post('show', { secret });
  if (!reply.ok) return stopBy(reply);
  link = { secret, ...reply.body };
  ask();
}

function stopBy({ answered, error }) {
  if (!answered)
    return stop(
      'The control plane does not answer',
      'Your link was not used. Check the connection, then try again.',
      true,
    );
  if (error.code === 'link_invalid') return stopUsed(error);
  stop(error.message, remedyOf(error), true);
}

/** The catalogue's remedy is for who runs the control plane; who has a link knows nobody but its sender. */
function stopUsed({ message }) {
  stop(message, 'Ask whoever sent it to you for a new one. If you have used it before, sign in instead.', false);
}

/** `user:ann@example.com` → the address; the host's own token is no person. */
function inviter(actor) {
  if (actor.startsWith('user:')) return actor.slice('user:'.length);
  return 'The administrator of this control plane’s host';
}

const mayDo = { viewer: 'See', operator: 'See and run', administrator: 'Do everything in' };

function roleWords({ role, pool }) {
  if (pool !== null) return `${mayDo[role]} pool ${pool} (${role})`;
  return role === 'administrator' ? 'Do everything, everywhere (administrator)' : `${mayDo[role]} every pool (${role})`;
}

function ask() {
  const { title, lede, send } = words[link.kind];
  write('ask-title', title);
  write('ask-words', lede(inviter(link.invitedBy)));
  const grants = link.kind === 'setup' ? [{ role: 'administrator', pool: null }] : link.grants;
  find('roles').replaceChildren(...(link.kind === 'reset' ? [] : grants).map(roleItem));
  find('name-field').hidden = link.kind === 'reset';
  const email = find('email');
  email.value = link.email ?? '';
  email.readOnly = link.email !== null;
  write('send', send);
  const until = new Date(link.expiresAt).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  write('until', `The link works until ${until}.`);
  show('ask');
}

function roleItem(grant) {
  const item = document.createElement('li');
  item.textContent = roleWords(grant);
  return item;
}

function mark(field, wrong) {
  find(field).setAttribute('aria-invalid', String(wrong !== ''));
  write(`${field}-wrong`, wrong);
}

/** What can be said before it is sent. Returns the fields that are wrong. */
function check({ name, email, password }) {
  const length = [...password].length;
  const wrong = {
    name: link.kind !== 'reset' && name === '' ? 'Say how you are called.' : '',
    email: /^[^\s@]+@[^\s@]+$/.test(email) ? '' : 'Give the e-mail address to sign in with.',
    password: length < 15 ? `${length} of at least 15 characters.` : '',
  };
  for (const [field, text] of Object.entries(wrong)) mark(field, text);
  return Object.keys(wrong).filter((field) => wrong[field] !== '');
}

function refuse(title, text) {
  write('refused-title', title);
  write('refused-words', text);
  find('refused').hidden = false;
  find('refused').focus();
}

function refuseBy({ answered, error }) {
  if (!answered)
    return refuse(
      'The control plane does not answer.',
      'Nothing may have happened yet: check the connection, and try again.',
    );
  if (error.code === 'link_invalid') return stopUsed(error);
  if (error.code === 'password_compromised') mark('password', 'Choose another one.');
  const fields = error.details?.fields;
  if (Array.isArray(fields)) return refuseFields(error, fields.map(String));
  refuse(error.message, remedyOf(error));
}

/** `body.email: must be an e-mail address`, as the API names what is wrong: said at the field itself. What is no field of the form is told below it. */
function refuseFields({ message }, fields) {
  const told = fields.map((text) => /^body\.(name|email|password): (.+)$/.exec(text));
  const named = told.filter((one) => one !== null);
  for (const [, field, what] of named) mark(field, `It ${what}.`);
  if (named.length > 0) find(named[0][1]).focus();
  const others = fields.filter((_text, place) => told[place] === null);
  if (others.length > 0 || named.length === 0) refuse(message, others.join('; '));
}

function sending(isSending) {
  const button = find('send');
  button.disabled = isSending;
  button.textContent = isSending ? words[link.kind].sending : words[link.kind].send;
}

async function submit(event) {
  event.preventDefault();
  if (find('send').disabled) return;
  find('refused').hidden = true;
  const given = {
    name: find('name').value.trim(),
    email: find('email').value.trim(),
    password: find('password').value,
  };
  const [first] = check(given);
  if (first !== undefined) return find(first).focus();
  sending(true);
  const { secret, kind, email } = link;
  const reply = await post('accept', {
    secret,
    password: given.password,
    ...(kind !== 'reset' && { name: given.name }),
    ...(email === null && { email: given.email }),
  });
  sending(false);
  if (!reply.ok) return refuseBy(reply);
  finish(kind, reply.body);
}

function finish(kind, user) {
  find('password').value = '';
  history.replaceState(null, '', location.pathname); // a used link is of no use to whoever comes next
  const base = new URL('.', location.href).href.replace(/\/$/, '');
  write('done-title', words[kind].done);
  write('done-words', `You sign in as ${user.email}. On a machine that has the command line, run:`);
  // Without the address, which sign-in asks for: it may hold what a shell reads as more than text, or begin with a dash.
  write('command', `serverctl sign-in --url ${base}`);
  find('second').hidden = user.twoFactor;
  show('done');
}

async function copy() {
  try {
    await navigator.clipboard.writeText(find('command').textContent);
    write('copied', 'Copied.');
  } catch {
    write('copied', 'Your browser does not allow it: select the line and copy it.');
  }
}

function reveal() {
  const hidden = find('password').type === 'password';
  find('password').type = hidden ? 'text' : 'password';
  write('reveal', hidden ? 'Hide password' : 'Show password');
}

find('ask').addEventListener('submit', submit);
find('again').addEventListener('click', look);
find('copy').addEventListener('click', copy);
find('reveal').addEventListener('click', reveal);
addEventListener('hashchange', look);
look();
