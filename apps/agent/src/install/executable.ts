/** In the compiled file the sources are in a file system of their own; from a checkout this module has a path on disk. */
const compiledSources = 'file:///$bunfs/';

/**
 * The file that this program is, or null when Node or Bun run it from its sources. By the kernel's own link: it is the very file that
 * runs, whatever stands at its path by now.
 */
export function ownExecutable(): string | null {
  return import.meta.url.startsWith(compiledSources) ? '/proc/self/exe' : null;
}
