import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { providerKinds } from '../../../packages/contract/src/api/dns-providers.ts';

/*
 * A provider's folder from the template beside this file, which is real TypeScript: it is formatted, linted and compiled where it stands, and
 * becomes somebody's own by three changes alone:
 *
 *   in the template                             | in the folder
 *   `nextkind`, `Nextkind`                      | the name, and the same with a capital
 *   an import of `…/packages/dns/src/FILE`      | the same file, from there
 *   an import of `…/template/FILE`, for what    | the same file, from there
 *   stands beside the template (filled/)        |
 */

/** What people are told, and nothing was written. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** The template's folder. */
export const templateFolder = join(import.meta.dirname, 'template');
const suiteFile = 'provider-suite.ts';
const longestName = 24;
const run = promisify(execFile);

/** Where a provider of this name lives, below the root. Throws `Refusal` for a name that is none, or that is taken. */
export function folderFor(root: string, name: string): string {
  const folder = `packages/dns/src/${name}`;
  if (!/^[a-z][a-z0-9]+$/.test(name) || name.length > longestName) {
    const rule = `2 to ${longestName} small letters and digits, a letter first, such as route53`;
    throw new Refusal(`“${name}” is no name for a provider: it is made of ${rule}. It is what operators write, too.`);
  }
  const kinds: readonly string[] = providerKinds;
  if (kinds.includes(name)) throw new Refusal(`“${name}” is a kind of provider already: serverctl knows it.`);
  if (existsSync(join(root, folder))) throw new Refusal(`“${name}” is taken: ${folder} is there already.`);
  return folder;
}

/** Writes the folder, whole or not at all, and returns its files. Throws `Refusal`. */
export async function writeProvider(root: string, name: string): Promise<readonly string[]> {
  const folder = folderFor(root, name);
  const fresh = await mkdtemp(join(root, 'packages/dns/.new-provider-'));
  try {
    await copyTemplate(templateFolder, fresh, name);
    await tidy(root, fresh);
    await rename(fresh, join(root, folder)).catch((cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'ENOTEMPTY' || cause.code === 'EEXIST';
      throw isTaken ? new Refusal(`“${name}” is taken: ${folder} came meanwhile.`) : cause;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return (await filesIn(join(root, folder))).map((file) => posix.join(folder, file));
}

/** The files of one template folder, made into those of the provider. What is there already is written over. */
export async function copyTemplate(from: string, to: string, name: string): Promise<void> {
  for (const file of await filesIn(from)) {
    const own = file === suiteFile ? `${name}.test.ts` : file;
    await mkdir(dirname(join(to, own)), { recursive: true });
    if (!file.endsWith('.ts') && !file.endsWith('.md')) await cp(join(from, file), join(to, own));
    else await writeFile(join(to, own), ownText(await readFile(join(from, file), 'utf8'), file, name));
  }
}

/** Formats and sorts as biome has it: how long a line is depends on the name. */
export async function tidy(root: string, folder: string): Promise<void> {
  const biome = join(root, 'node_modules/.bin/biome');
  await run(biome, ['check', '--write', '--error-on-warnings', folder], { cwd: root });
}

function ownText(text: string, file: string, name: string): string {
  const up = '../'.repeat(file.split('/').length);
  const here = file.includes('/') ? '../'.repeat(file.split('/').length - 1) : './';
  return text
    .replaceAll(/'(?:\.\.\/)+packages\/dns\/src\//g, `'${up}`)
    .replaceAll(/'(?:\.\.\/)+template\//g, `'${here}`)
    .replaceAll('nextkind', name)
    .replaceAll('Nextkind', `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}
