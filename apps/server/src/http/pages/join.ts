import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Random } from '../../platform/random.ts';

const part = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8').trimEnd();
const page = part('join.html');
const css = part('join.css');
const script = part('join.js');

const nonceBytes = 18;

/**
 * The page behind one-time links, `/join#<secret>`: whole in itself, so that nothing else has to be reachable, signed in or trusted. The
 * secret is read in the browser and never part of a request's address. Only this page's own style and script run in it (R39).
 */
export async function joinPage(app: FastifyInstance, { random }: { readonly random: Random }): Promise<void> {
  app.get('/join', { config: { permission: 'public' }, schema: { hide: true } }, async (_request, reply) => {
    const nonce = Buffer.from(random.bytes(nonceBytes)).toString('base64');
    return reply
      .header('content-security-policy', policy(nonce))
      .header('cross-origin-opener-policy', 'same-origin')
      .header('referrer-policy', 'no-referrer')
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(rendered(nonce));
  });
}

/** Their places in the page are comments, so that the file is a page by itself. */
function rendered(nonce: string): string {
  return page
    .replace('<!-- style -->', () => `<style nonce="${nonce}">\n${css}\n</style>`)
    .replace('<!-- script -->', () => `<script type="module" nonce="${nonce}">\n${script}\n</script>`);
}

function policy(nonce: string): string {
  const rules = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ];
  return rules.join('; ');
}
