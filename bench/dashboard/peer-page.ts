import type { Page } from './page.ts';

/** An address that the server does not have: the browser is given the page below in its place, and everything else it asks the server for. */
export const peerPath = '/bench-peer';

/*
 * The peer: the same list as whoever writes the least would have it. No framework and no stream: it asks `GET /api/v1/pools` each second and
 * writes what changed. What it needs more than this of the machine is ours; what it needs itself is the browser's, the server's and the noise's.
 */
const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Peer</title>
<style>body { font: 15px/22px sans-serif } li { display: grid; grid-template-columns: 1fr 1fr 1fr 1fr; padding: 14px }</style>
<h1>Pools</h1><ul></ul>
<script>
  const list = document.querySelector('ul');
  const rows = new Map();
  const rowOf = (id) => {
    const known = rows.get(id);
    if (known !== undefined) return known;
    const row = document.createElement('li');
    row.dataset.pool = id;
    for (const part of ['name', 'from', 'next', 'sessions']) row.append(Object.assign(document.createElement('span'), { className: part }));
    list.append(row);
    rows.set(id, row);
    return row;
  };
  const write = (row, part, text) => {
    const place = row.querySelector('.' + part);
    if (place.textContent !== text) place.textContent = text;
  };
  const draw = ({ id, name, activeMemberId, status: { members } }) => {
    const row = rowOf(id);
    const active = members.find((member) => member.id === activeMemberId);
    const standbys = members.filter(({ role }) => role === 'standby');
    write(row, 'name', name);
    write(row, 'from', active?.hostname ?? '–');
    write(row, 'next', standbys.filter(({ ready }) => ready).length + ' of ' + standbys.length + ' standbys ready');
    write(row, 'sessions', String(active?.traffic?.sessions ?? '–'));
  };
  const ask = async () => {
    const reply = await fetch('/api/v1/pools');
    for (const pool of (await reply.json()).pools) draw(pool);
    setTimeout(ask, 1_000);
  };
  ask();
</script></html>`;

/** Must be called before the page goes there. */
export const offerPeer = (page: Page): Promise<unknown> =>
  page.route(`**${peerPath}`, (route) => route.fulfill({ contentType: 'text/html', body: html }));
