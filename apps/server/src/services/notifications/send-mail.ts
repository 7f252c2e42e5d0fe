import { connect, isIP, type Socket } from 'node:net';
import { isAppError, secondMs } from '@serverctl/core';
import { createTransport } from 'nodemailer';
import type { Clock } from '../../platform/clock.ts';
import { outboundReplyLimitBytes, outboundTimeoutMs } from '../outbound.ts';
import type { MailSecret } from './channel-secret.ts';
import { mailOf } from './mail.ts';
import type { Answer, Message } from './message.ts';
import type { SendPorts } from './send-ports.ts';

/*
 * One mail over one connection, as R40 asks: the server's name is resolved once, the connection goes to the address that was checked, TLS
 * is for the name. Each step has 5 s, the whole conversation 20 s, and what the server says 64 KiB. With `none` no password is ever sent,
 * and with `starttls` nothing but the request for it is sent in clear.
 */

const wholeLimitMs = 20 * secondMs;
const watchEveryMs = 100;

/** Never rejects. */
export async function sendMail(
  ports: SendPorts,
  channel: MailSecret,
  message: Message,
  signal?: AbortSignal,
): Promise<Answer> {
  const { host, port } = channel;
  try {
    const target = await ports.outbound.check(host, port, signal);
    const socket = connect({ host: target.address, port, family: target.family });
    const release = limit(ports.clock, socket, signal);
    try {
      await connected(socket);
      const transport = createTransport({ ...optionsOf(channel), connection: socket });
      const info = await transport.sendMail(mailOf(channel, message, ports.runbooks.linkOf(message.notice.kind)));
      return { delivered: true, status: codeIn(info.response), sentence: `${host} took the mail.`, retryAfterMs: null };
    } finally {
      release();
      socket.destroy();
    }
  } catch (error) {
    const sentence = isAppError(error) ? error.message : inWords(host, error);
    return { delivered: false, status: replyCode(error), sentence, retryAfterMs: null };
  }
}

function optionsOf({ host, port, security, user, password }: MailSecret) {
  const hasPassword = security !== 'none' && user !== null && password !== null;
  return {
    host, // for words only: the connection is there
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { servername: isIP(host) === 0 ? host : '', host },
    connectionTimeout: outboundTimeoutMs,
    greetingTimeout: outboundTimeoutMs,
    socketTimeout: outboundTimeoutMs,
    ...(hasPassword && { auth: { user, pass: password } }),
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  };
}

/** Ends a conversation that takes too long, says too much, or is not wanted any more. Returns what ends the watch. */
function limit(clock: Clock, socket: Socket, signal: AbortSignal | undefined): () => void {
  const end = (because: string) => socket.destroy(new Error(because));
  const stop = () => end('not wanted any more');
  let cancelWatch = () => {};
  const watch = () => {
    if (socket.bytesRead > outboundReplyLimitBytes) end('the server says too much');
    else cancelWatch = clock.after(watchEveryMs, watch);
  };
  const cancelWhole = clock.after(wholeLimitMs, () => end('no end within 20 s'));
  watch();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  socket.setTimeout(outboundTimeoutMs, () => end('no answer within 5 s'));
  return () => {
    cancelWatch();
    cancelWhole();
    signal?.removeEventListener('abort', stop);
  };
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      // The conversation reports its own errors; what comes after its end concerns nobody.
      socket.on('error', () => {});
      resolve();
    });
  });
}

interface SmtpError {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
}

/** The server's own words are not repeated: they are foreign text, and some quote what they were sent. */
function inWords(host: string, error: unknown): string {
  const { code, command, responseCode } = error as SmtpError;
  if (responseCode !== undefined) {
    const step = command === undefined || !/^[A-Z][A-Z ]+$/.test(command) ? '' : ` to ${command}`;
    return `${host} answered ${responseCode}${step}.`;
  }
  if (code === 'ETLS') return `${host} does not speak TLS as it should, or its certificate is not valid for that name.`;
  if (code === 'EAUTH') return `${host} takes no password as it is set.`;
  return `${host} did not answer as a mail server does.`;
}

function replyCode(error: unknown): number | null {
  return (error as SmtpError | null)?.responseCode ?? null;
}

function codeIn(response: string): number | null {
  const code = Number.parseInt(response, 10);
  return Number.isNaN(code) ? null : code;
}
