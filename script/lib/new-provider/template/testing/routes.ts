import type { MemoryZone } from '../../../../../packages/dns/src/memory/index.ts';
import { NotWritten } from '../not-written.ts';
import type { Answer, Arrived } from './arrived.ts';

/** What the API answers, judged and carried out on the zone as the real one does it: its refusals, its limits, its way to be wrong. */
export async function answerOf({ method, path }: Arrived, _zone: MemoryZone): Promise<Answer> {
  throw new NotWritten('the emulator', `${method} ${path}`);
}
