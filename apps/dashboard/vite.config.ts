import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { fontFirst } from './font-first.ts';

/** Browsers that know light-dark() and oklch(): nothing of the tokens is rewritten for older ones. */
const browsers = ['chrome123', 'firefox128', 'safari17.5'];

/** script/package-dashboard says where to; `npm exec vite` beside a server that runs needs nothing else. */
export default defineConfig({
  plugins: [react(), tailwindcss(), fontFirst()],
  build: {
    target: browsers,
    cssTarget: browsers,
    outDir: '../../dist/dashboard',
    emptyOutDir: true,
    // Everything is a file of its own: the page's policy takes no data: URLs.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
