import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { screens } from './browser.ts';

/** vitest’s global set-up: when all tests are over, every picture there is stands on one page. */
export function teardown(): void {
  if (!existsSync(screens)) return;
  const shots = readdirSync(screens).flatMap((file) => shotOf(file) ?? []);
  if (shots.length > 0) writeFileSync(join(screens, 'index.html'), sheetOf(shots));
}

export interface Shot {
  readonly file: string;
  /** Page and state: "overview-stale". */
  readonly name: string;
  readonly theme: string;
  readonly width: number;
}

/** What `shoot` was told of the picture; null = none of ours. */
export function shotOf(file: string): Shot | null {
  const [, name, theme, width] = /^(.+)-(light|dark)-(\d+)\.png$/.exec(file) ?? [];
  if (name === undefined || theme === undefined) return null;
  return { file, name, theme, width: Number(width) };
}

/** A row for each page and state: light and dark, wide and narrow. */
export function sheetOf(shots: readonly Shot[]): string {
  const rows = Map.groupBy(
    shots.toSorted((a, b) => a.name.localeCompare(b.name) || b.width - a.width || b.theme.localeCompare(a.theme)),
    ({ name }) => name,
  );
  const sections = [...rows].map(
    ([name, pictures]) =>
      `<section id="${escaped(name)}"><h2><a href="#${escaped(name)}">${escaped(name)}</a></h2><div>${pictures.map(figure).join('')}</div></section>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>ServerCTL: contact sheet</title>
<style>
body { font: 14px/20px system-ui, sans-serif; margin: 24px; background: Canvas; color: CanvasText; color-scheme: light dark; }
h2 { font-size: 16px; margin: 32px 0 8px; } h2 a { color: inherit; text-decoration: none; }
section > div { display: flex; gap: 12px; align-items: flex-start; overflow-x: auto; }
figure { margin: 0; } figcaption { font-size: 12px; opacity: .7; }
img { display: block; border: 1px solid GrayText; } .wide img { width: 560px; } .narrow img { width: 195px; }
</style>
<h1>Every page, as the browser tests saw it</h1>
<p>${shots.length} pictures of ${rows.size} pages and states.</p>
${sections.join('\n')}
</html>
`;
}

function figure({ file, theme, width }: Shot): string {
  const src = encodeURIComponent(file);
  return `<figure class="${width > 600 ? 'wide' : 'narrow'}"><a href="${src}"><img src="${src}" loading="lazy" alt="${theme}, ${width} px"></a><figcaption>${theme}, ${width} px</figcaption></figure>`;
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? '&quot;');
