import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { mustRun } from '../../lab/shell.ts';
import { compileOptions } from './bundle.ts';
import { verifyMachine } from './elf.ts';
import { PackageFailure } from './failure.ts';
import type { ManifestAgent } from './manifest.ts';
import type { Target } from './targets.ts';

export interface BuildRequest {
  readonly target: Target;
  /** This machine's bun, which compiles for every target. */
  readonly bun: string;
  /** The target's bun, which becomes the agent's body. */
  readonly runtime: string;
  readonly bundle: string;
  readonly scratch: string;
  readonly gzipLevel: number;
  /** What `--version` must print; null where the program cannot run here. */
  readonly expectedVersion: string | null;
}

/** Makes one architecture's program and its compressed copy in `scratch`, and proves that it is what it should be. */
export async function buildAgent(request: BuildRequest): Promise<ManifestAgent> {
  const { target, scratch, expectedVersion } = request;
  const program = join(scratch, target.file);
  await mustRun(
    [
      ...[request.bun, 'build', ...compileOptions, `--target=${target.bunTarget}`],
      ...[`--compile-executable-path=${request.runtime}`, `--outfile=${program}`, request.bundle],
    ],
    { cwd: scratch },
  );
  await verifyMachine(program, target.elfMachine);
  if (expectedVersion !== null) await verifyVersion(program, expectedVersion);
  const hash = createHash('sha256');
  const compressed = join(scratch, target.gzip);
  await Promise.all([
    pipeline(createReadStream(program), hash),
    pipeline(createReadStream(program), createGzip({ level: request.gzipLevel }), createWriteStream(compressed)),
  ]);
  const [{ size: bytes }, { size: gzipBytes }] = await Promise.all([stat(program), stat(compressed)]);
  return { file: target.file, gzip: target.gzip, sha256: hash.digest('hex'), bytes, gzipBytes };
}

async function verifyVersion(program: string, expected: string): Promise<void> {
  const said = (await mustRun([program, '--version'], { env: {}, timeoutMs: 10_000 })).trim();
  if (said !== expected) throw new PackageFailure(`${program} --version says "${said}", not ${expected}.`);
}
