import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { systemRandom as random } from '../../../platform/random.ts';
import { issueCa, issueServer, newKey } from '../../../tls/certificate.ts';

/** What a mail server on loopback was told. */
export interface MailServer {
  readonly port: number;
  readonly mails: readonly ParsedMail[];
  /** As they came, header by header. */
  readonly raw: readonly string[];
  readonly recipients: readonly string[];
  /** [user, password] of each sign-in. */
  readonly signIns: readonly (readonly [string, string])[];
  close(): Promise<void>;
}

const ca = { key: newKey() };
const issuing = { random, now: new Date() };
const authority = issueCa(ca.key, issuing);

/** This process trusts the mail servers made here, as a host trusts its own authorities. */
export function trustMailServers(): void {
  setDefaultCACertificates([...getCACertificates('default'), authority.toString()]);
}

/** With STARTTLS, and a certificate for `host`. */
export async function openMailServer(options: SMTPServerOptions = {}, host = 'mail.example.com'): Promise<MailServer> {
  const key = newKey();
  const certificate = issueServer(key, { key: ca.key, certificate: authority }, [host], issuing);
  const [mails, raw, recipients]: [ParsedMail[], string[], string[]] = [[], [], []];
  const signIns: (readonly [string, string])[] = [];
  const server = new SMTPServer({
    key: String(key.export({ type: 'pkcs8', format: 'pem' })),
    cert: certificate.toString(),
    authOptional: true,
    disableReverseLookup: true,
    onAuth({ username, password }, _session, done) {
      signIns.push([username ?? '', password ?? '']);
      if (password === 'right') done(null, { user: username ?? '' });
      else done(new Error('wrong'));
    },
    onRcptTo({ address }, _session, done) {
      recipients.push(String(address));
      done();
    },
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        raw.push(text);
        void simpleParser(text).then((mail) => {
          mails.push(mail);
          done();
        });
      });
    },
    ...options,
  });
  server.on('error', () => {}); // a client that hangs up is what some tests are about
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port, mails, raw, recipients, signIns, close };
}
