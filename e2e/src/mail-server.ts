import { chmod, chown, copyFile, mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '@serverctl/lab';
import { type ParsedMail, simpleParser } from 'mailparser';
import { expect } from 'vitest';
import type { LoopbackCertificate } from './loopback-certificate.ts';
import type { Stage } from './stage.ts';

/** Where it listens, on the loopback of the control plane. */
export const mailServerAddress = { host: '127.0.0.1', port: 2525 } as const;
const user = 'alerts';
const password = 'a password of the mail server';

/** A mail server that takes mail over STARTTLS from who signs in, and keeps each as a file. */
export interface MailServer {
  readonly user: string;
  /** For `--password-file`. */
  readonly passwordFile: string;
  /** What it has delivered, the oldest first. */
  mails(): Promise<readonly ParsedMail[]>;
  /** The first mail that `holds`; rejects at the deadline with what came instead. */
  until(what: string, holds: (mail: ParsedMail) => boolean, withinMs?: number): Promise<ParsedMail>;
  /** What it wrote of its conversations. */
  log(): Promise<string>;
}

/** Debian's Exim with a configuration of its own, beside whatever the machine's own Exim is set to do (which is not started). */
export async function startMailServer(stage: Stage, { certificateFile, keyFile }: LoopbackCertificate) {
  const directory = join(stage.directory, 'mail');
  const configuration = join(directory, 'exim.conf');
  const folder = join(directory, 'delivered');
  await mkdir(directory, { recursive: true });
  // Exim gives root up for a configuration that is not the machine's, so all that it writes belongs to its own user.
  for (const own of ['spool', 'log', 'delivered']) await ownedByExim(join(directory, own), mkdir);
  await copyFile(certificateFile, join(directory, 'cert.pem'));
  await ownedByExim(join(directory, 'key.pem'), (file) => copyFile(keyFile, file));
  await writeFile(configuration, configurationIn(directory));
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  const output = await open(join(directory, 'output.log'), 'a');
  stage.spawnAtPlane(['exim4', '-C', configuration, '-bdf'], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    stdio: ['ignore', output.fd, output.fd],
  });
  await output.close();
  return mailServerIn(folder, passwordFile, join(directory, 'log/mainlog'));
}

function mailServerIn(folder: string, passwordFile: string, logFile: string): MailServer {
  const parsed = new Map<string, Promise<ParsedMail>>();
  const mails = async () => {
    const names = await readdir(join(folder, 'new')).catch(() => []);
    for (const name of names.toSorted())
      if (!parsed.has(name))
        parsed.set(
          name,
          readFile(join(folder, 'new', name)).then((raw) => simpleParser(raw)),
        );
    return Promise.all(parsed.values());
  };
  return {
    user,
    passwordFile,
    mails,
    async until(what, holds, withinMs = 30_000) {
      const found = async () => (await mails()).find(holds);
      await expect.poll(found, { timeout: withinMs, interval: 200, message: `a mail: ${what}` }).toBeDefined();
      return (await found())!;
    },
    log: () => readFile(logFile, 'utf8'),
  };
}

async function ownedByExim(path: string, make: (path: string) => Promise<unknown>): Promise<void> {
  await make(path);
  const ids = await Promise.all(['-u', '-g'].map((which) => mustRun(['id', which, 'Debian-exim'])));
  const [uid = 0, gid = 0] = ids.map(Number);
  await chown(path, uid, gid);
  await chmod(path, 0o700);
}

/** Takes mail only from who has signed in, and offers that only within TLS; everybody's mail goes into one Maildir. */
const configurationIn = (directory: string) => `primary_hostname = mail.lab.test
spool_directory = ${directory}/spool
log_file_path = ${directory}/log/%slog
pid_file_path = ${directory}/spool/exim.pid
local_interfaces = ${mailServerAddress.host}
daemon_smtp_ports = ${mailServerAddress.port}
keep_environment =
host_lookup =
rfc1413_hosts =
tls_advertise_hosts = *
tls_certificate = ${directory}/cert.pem
tls_privatekey = ${directory}/key.pem
acl_smtp_rcpt = recipient
begin acl
recipient:
  accept authenticated = *
  deny message = sign in first
begin routers
everybody:
  driver = accept
  transport = folder
begin transports
folder:
  driver = appendfile
  directory = ${directory}/delivered
  maildir_format
  user = Debian-exim
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_advertise_condition = \${if def:tls_in_cipher}
  server_condition = \${if and{{eq{$auth2}{${user}}}{eq{$auth3}{${password}}}}}
  server_set_id = $auth2
`;
