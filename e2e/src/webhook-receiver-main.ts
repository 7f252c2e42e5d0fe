import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { Webhook } from 'standardwebhooks';

/*
 * Somebody's receiver of webhooks, with the standard's own library: verifies each request and prints it as a line. The first notice that comes
 * is refused twice with 503.
 */
const [port = '0', certificateFile = '', keyFile = '', secretFile = ''] = process.argv.slice(2);
const webhook = new Webhook(readFileSync(secretFile, 'utf8').trim());
const refusals = 2;
let refused: { readonly id: string; times: number } | null = null;

const server = createServer(
  { cert: readFileSync(certificateFile), key: readFileSync(keyFile) },
  (request, response) => {
    bodyOf(request).then((body) => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const id = headers['webhook-id'] ?? '';
      const verified = isVerified(body, headers);
      const status = verified ? answerTo(id) : 401;
      const at = performance.timeOrigin + performance.now();
      response.writeHead(status).end();
      const notice: unknown = verified ? JSON.parse(body) : null;
      process.stdout.write(`${JSON.stringify({ at, id, verified, status, notice })}\n`);
    });
  },
);
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('"listens"\n'));

function isVerified(body: string, headers: Record<string, string>): boolean {
  try {
    webhook.verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

function answerTo(id: string): number {
  refused ??= { id, times: 0 };
  if (refused.id !== id || refused.times >= refusals) return 204;
  refused.times += 1;
  return 503;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
