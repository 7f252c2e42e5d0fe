import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launchBrowser, openContext } from '../../e2e/browser/browser.ts';
import type { MeasuredPlane } from '../src/plane.ts';
import type { Page } from './page.ts';
import { pageScript } from './page-script.ts';
import { offerPeer } from './peer-page.ts';

/** An administrator with a browser. */
export interface Visitor {
  /** A page with nothing in its cache and no connection open, signed in already. */
  openPage(): Promise<Page>;
  close(): Promise<void>;
}

const administrator = { email: 'bench@example.com', password: 'seven herons over the quay' };

/** By the setup link that the server wrote at its first start. */
export async function invite({ dataDirectory, address }: MeasuredPlane): Promise<Visitor> {
  const browser = await launchBrowser();
  const first = await openContext(browser, address.url);
  const link = await readFile(join(dataDirectory, 'setup-link'), 'utf8');
  const secret = new URL(link.trim()).hash.slice(1);
  for (const [path, data] of [
    ['/api/v1/invitations/accept', { secret, ...administrator }],
    ['/api/v1/session', administrator],
  ] as const) {
    const reply = await first.request.post(path, { data });
    if (!reply.ok()) throw new Error(`Nobody could sign in: ${path} answered ${await reply.text()}`);
  }
  const { cookies } = await first.storageState();
  await first.close();
  return {
    async openPage() {
      const context = await openContext(browser, address.url);
      await context.addCookies(cookies);
      const page = await context.newPage();
      await page.addInitScript(pageScript);
      await offerPeer(page);
      return page;
    },
    close: () => browser.close(),
  };
}
