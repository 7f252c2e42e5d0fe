import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { HeartbeatReply } from '@serverctl/contract/agent';
import type { ServerTls } from '../src/plane.ts';

/*
 * The floor: Node's own HTTP server, which reads each request to its end and answers the same bytes every time. No token, no schema, no
 * sequence, no database. What the control plane costs above this is ours.
 */
const reply: HeartbeatReply = {
  role: 'standby',
  epoch: 1,
  units: ['haproxy.service'],
  intervalMs: 1_000,
  dropped: false,
};
const body = Buffer.from(JSON.stringify(reply));
const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length };

const answer: http.RequestListener = (request, response) => {
  request.resume();
  request.once('end', () => response.writeHead(200, headers).end(body));
};

process.once('message', (tls: ServerTls | 'plain') => {
  const server = tls === 'plain' ? http.createServer(answer) : https.createServer(tls, answer);
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
});
process.once('disconnect', () => process.exit(0));
