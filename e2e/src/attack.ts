import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Plane } from './plane.ts';
import type { Stage } from './stage.ts';

type Counts = Readonly<Record<string, number>>;

/** How often what was answered: HTTP statuses, and codes of broken connections. */
export interface AttackReport {
  readonly signIns: Counts;
  readonly tokens: Counts;
  readonly oversized: Counts;
  readonly slow: Counts;
}

/** Starts an attack on the control plane for so many seconds; resolves when all of it goes on. `email` is whose account is tried. */
export async function startAttack(
  stage: Stage,
  plane: Plane,
  { email, seconds }: { readonly email: string; readonly seconds: number },
): Promise<{ readonly report: Promise<AttackReport> }> {
  const program = fileURLToPath(import.meta.resolve('./attack-main.ts'));
  // An attacker brings processors of their own: here they take what the others leave.
  const argv = ['nice', '-n', '10', process.execPath, program, plane.url, plane.caFile, email, String(seconds)];
  const child = stage.spawnAtPlane(argv, { env: { PATH: process.env['PATH'] }, stdio: ['ignore', 'pipe', 2] });
  if (child.stdout === null) throw new Error('the attack has no output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <Said>(): Promise<Said> => {
    const { done, value } = await lines.next();
    if (done) throw new Error('the attack ended without a word');
    return JSON.parse(value) as Said;
  };
  await next();
  return { report: next<AttackReport>() };
}
