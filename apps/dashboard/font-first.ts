import type { Plugin } from 'vite';

/** The face of every word on the page; other alphabets come when there is a word in them. */
const firstFace = /inter-latin-wght-normal-[\w-]+\.woff2$/;

/**
 * The page's face is asked for before its scripts, and one that still comes late is kept for the next time: words in another face that are set
 * anew when it is there move everything below them (a pools list by 0.11 of a telephone’s screen).
 */
export function fontFirst(): Plugin {
  let base = '/';
  let isKept = false;
  return {
    name: 'font-first',
    configResolved(config) {
      base = config.base;
    },
    transform: {
      filter: { id: /\.css$/ },
      handler(code) {
        const kept = code.replaceAll(/font-display: *swap/g, 'font-display: optional');
        isKept ||= kept !== code;
        return kept;
      },
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        if (bundle === undefined) return []; // while it is developed
        if (!isKept) throw new Error('no face is said to swap: look what the fonts’ package says in place of it');
        const file = Object.keys(bundle).find((name) => firstFace.test(name));
        if (file === undefined) throw new Error('the page’s face is not in the build');
        const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `${base}${file}` };
        return [{ tag: 'link', attrs, injectTo: 'head-prepend' }];
      },
    },
  };
}
