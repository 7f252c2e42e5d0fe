/*
 * What the benchmark's own eye in the page does, before anything of the page runs. It watches the document only from `watch()` on, so that
 * scripting is measured without it.
 *
 *   shifts    every layout shift that no input caused (Layout Instability)
 *   lcpMs     the last candidate for the largest contentful paint, from the navigation's start
 *   rows      resolves when there are so many, with when that was
 *   want      from now on: note when that element says exactly this
 *   seen      resolves with when it did, by the page's monotonic clock
 */
export const pageScript = `globalThis.bench = (() => {
  const shifts = [];
  let lcpMs = null;
  new PerformanceObserver((list) => {
    for (const { startTime, value, hadRecentInput } of list.getEntries())
      if (!hadRecentInput) shifts.push({ atMs: startTime, value });
  }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => {
    lcpMs = list.getEntries().at(-1).startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  const wanted = new Map();
  const look = () => {
    const nowMs = performance.now();
    for (const one of wanted.values())
      if (document.querySelector(one.selector)?.textContent.trim() === one.text) one.shown(nowMs);
  };
  return {
    shifts,
    lcpMs: () => lcpMs,
    rows: (selector, count) =>
      new Promise((resolve) => {
        const look = () => document.querySelectorAll(selector).length === count && resolve(performance.now());
        const observer = new MutationObserver(() => look() === undefined && observer.disconnect());
        observer.observe(document, { subtree: true, childList: true });
        look();
      }),
    watch: () => new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true }),
    want(id, selector, text) {
      const { promise, resolve } = Promise.withResolvers();
      wanted.set(id, { selector, text, promise, shown: resolve });
    },
    async seen(id) {
      const atMs = await wanted.get(id).promise;
      wanted.delete(id);
      return atMs;
    },
  };
})();`;
