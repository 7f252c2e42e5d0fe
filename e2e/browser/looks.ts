import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { shoot, sizes, themes, violationsOn } from './browser.ts';

/** For what a page shows by itself; generous, since it ends at once where it is there. */
export const patience = { timeout: 60_000 };

/** One page of a browser, looked at: pictures for the contact sheet, and nothing for axe to find. */
export function looksAt(page: Page) {
  async function look(name: string, colorScheme: (typeof themes)[number], size: keyof typeof sizes): Promise<void> {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(sizes[size]);
    await shoot(page, `${name}-${colorScheme}-${sizes[size].width}`);
    expect.soft(await violationsOn(page), `${name} ${colorScheme} ${size}`).toEqual([]);
  }
  return {
    see: (text: string | RegExp) => page.getByText(text).first().waitFor(patience),
    /** The page as it is now, in both themes at both sizes. */
    async all(name: string): Promise<void> {
      for (const theme of themes) for (const size of ['desk', 'phone'] as const) await look(name, theme, size);
      await page.setViewportSize(sizes.desk);
    },
    /** Each theme and each size once: for another state of a page that `all` has seen. */
    async twice(name: string): Promise<void> {
      await look(name, 'light', 'phone');
      await look(name, 'dark', 'desk');
      await page.setViewportSize(sizes.desk);
    },
  };
}
