import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import tls from 'node:tls';
import { type Client, createClient } from '@serverctl/contract';
import { paths } from '@serverctl/e2e/paths';
import { lastLines } from '@serverctl/e2e/post-mortem';
import { mustRun } from '@serverctl/lab';
import { type Child, startChild } from './child.ts';
import type { Address } from './messages.ts';

/** The key and the certificate of a server. */
export interface ServerTls {
  readonly key: string;
  readonly cert: string;
}

/** A control plane as in production, with an embedded database of its own: one process, and PostgreSQL's below it. */
export interface MeasuredPlane {
  readonly child: Child;
  readonly address: Address;
  readonly client: Client;
  readonly dataDirectory: string;
  /** Its certificate, for a peer that shall cost the same handshakes; null without TLS. */
  readonly tls: ServerTls | null;
}

const listening = 'serverctl listening on ';

/** On loopback, over TLS unless the settings say otherwise: they are further environment variables of the server. */
export async function startPlane(directory: string, settings: NodeJS.ProcessEnv = {}): Promise<MeasuredPlane> {
  // Without the agents' files no member can be added: the install line names them.
  await mustRun([join(paths.root, 'script/package'), '--needed', '--quiet']);
  const dataDirectory = join(directory, 'plane');
  const logFile = join(directory, 'plane.log');
  const log = await open(logFile, 'a');
  const child = startChild([process.execPath, paths.server], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      SERVERCTL_DATA_DIR: dataDirectory,
      SERVERCTL_LISTEN: '127.0.0.1:0',
      ...settings,
    },
    stdio: ['ignore', 'pipe', log.fd],
  });
  await log.close();
  const url = await Promise.race([
    listeningAddress(child),
    child.ended.then(async (how) => {
      throw new Error(`The control plane ended (${how}):\n${await lastLines(logFile)}`);
    }),
  ]);
  const secured = await readTls(join(dataDirectory, 'tls'), url);
  if (secured !== null) tls.setDefaultCACertificates([secured.ca]);
  const token = (await readFile(join(dataDirectory, 'admin-token'), 'utf8')).trim();
  const client = createClient({ baseUrl: url, token });
  return { child, address: { url, ca: secured?.ca ?? null }, client, dataDirectory, tls: secured?.own ?? null };
}

async function listeningAddress(child: Child): Promise<string> {
  if (child.process.stdout === null) throw new Error('The control plane has no standard output.');
  for await (const line of createInterface({ input: child.process.stdout })) {
    if (line.startsWith(listening)) return line.slice(listening.length);
  }
  return new Promise(() => undefined); // its end says more
}

async function readTls(directory: string, url: string): Promise<{ ca: string; own: ServerTls } | null> {
  if (!url.startsWith('https:') || !existsSync(directory)) return null;
  const read = (name: string) => readFile(join(directory, name), 'utf8');
  return { ca: await read('ca.pem'), own: { key: await read('server-key.pem'), cert: await read('server.pem') } };
}
