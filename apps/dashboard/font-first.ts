import type { Plugin } from 'vite';

/** The face of every word on the page; other alphabets come when there is a word in them. */
const firstFace = /inter-latin-wght-normal-[\w-]+\.woff2$/;

/**
 * The page's face is asked for before its scripts, and one that still comes late is kept for the next time: words in another face that are set
 * anew when it is there move everything below them (a pools list by 0.11 of a telephone’s screen).
 */
export function fontFirst(): Plugin {
  return {
    name: 'font-first',
    transform: {
      filter: { id: /\.css$/ },
      handler: (code) => code.replaceAll(/font-display: *swap/g, 'font-display: optional'),
    },
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        if (bundle === undefined) return html; // while it is developed
        const file = Object.keys(bundle).find((name) => firstFace.test(name));
        if (file === undefined) throw new Error('the page’s face is not in the build');
        const link = `<link rel="preload" as="font" type="font/woff2" crossorigin href="/${file}" />`;
        return html.replace('<script', `${link}\n    <script`);
      },
    },
  };
}
