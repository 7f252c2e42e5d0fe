import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/*
 * DESIGN.md, section 2: every pair that the page puts together, in both themes, from the tokens themselves. OKLCH to sRGB as in CSS Color 4,
 * contrast as in WCAG 2.2.
 */

type Rgb = readonly [number, number, number];
const themes = ['light', 'dark'] as const;
type Theme = (typeof themes)[number];

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');
const declared = new Map(
  [...css.matchAll(/--([\w-]+):\s*light-dark\((oklch\([^)]*\)),\s*(oklch\([^)]*\))\)/g)].map(
    ([, name = '', light, dark]) => [name, { light: rgbOf(light ?? ''), dark: rgbOf(dark ?? '') }],
  ),
);

function rgbOf(oklch: string): Rgb {
  const [l = 0, c = 0, h = 0] = oklch
    .replace(/oklch\(|\)|\/.*/g, '')
    .trim()
    .split(/\s+/)
    .map((part) => (part.endsWith('%') ? Number.parseFloat(part) / 100 : Number(part)));
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const within = (part: number) => Math.min(1, Math.max(0, part));
  return [
    within(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    within(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    within(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
}

/** The parts are linear light already. */
const luminance = ([red, green, blue]: Rgb): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue;

function contrast(one: string, other: string, theme: Theme): number {
  const [a, b] = [one, other].map((name) => {
    const token = declared.get(name);
    if (token === undefined) throw new Error(`no token --${name}`);
    return luminance(token[theme]) + 0.05;
  });
  return Math.max(a ?? 0, b ?? 0) / Math.min(a ?? 1, b ?? 1);
}

const surfaces = ['canvas', 'surface', 'surface-2', 'surface-3'];
const states = ['ok', 'warn', 'fail', 'maint', 'unknown', 'accent'];

const textPairs = [
  ...['text', 'text-2', 'text-3'].flatMap((text) => surfaces.map((surface) => [text, surface] as const)),
  ...states.flatMap((state) => ['canvas', 'surface', `${state}-soft`].map((surface) => [state, surface] as const)),
  ...states.map((state) => ['text', `${state}-soft`] as const),
  ['on-ink', 'ink'],
  ['on-ink', 'fail'],
] as const;
const markPairs = [
  ...states.flatMap((state) =>
    ['canvas', 'surface', `${state}-soft`].map((surface) => [`${state}-mark`, surface] as const),
  ),
  ...['canvas', 'surface'].map((surface) => ['line-control', surface] as const),
  ['ink', 'canvas'],
] as const;

test('black on white is 21, so the arithmetic holds', () => {
  const white = luminance(rgbOf('oklch(100% 0 0)')) + 0.05;
  const black = luminance(rgbOf('oklch(0% 0 0)')) + 0.05;
  expect(white / black).toBeCloseTo(21, 3);
});

test('every text is at least 4.5 : 1 on what it stands on, in both themes', () => {
  expect(textPairs.length).toBeGreaterThan(35);
  const poor = themes.flatMap((theme) =>
    textPairs.filter(([text, on]) => contrast(text, on, theme) < 4.5).map((pair) => [theme, ...pair]),
  );
  expect(poor).toEqual([]);
});

test('every mark and edge of a control is at least 3 : 1, in both themes', () => {
  const poor = themes.flatMap((theme) =>
    markPairs.filter(([mark, on]) => contrast(mark, on, theme) < 3).map((pair) => [theme, ...pair]),
  );
  expect(poor).toEqual([]);
});
