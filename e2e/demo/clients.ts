import { fileURLToPath } from 'node:url';
import type { Stage } from '../src/stage.ts';
import type { ClientOrders } from './clients-main.ts';

/** How many they are. */
export const clientCount = 16;

/** Starts them where clients are. They end with the stage. */
export function startClients(stage: Stage, name: string): void {
  const { address, port } = stage.dns;
  const services = Object.fromEntries(stage.members.map((member) => [member.address, member.service]));
  const orders: ClientOrders = { name, nameServer: `${address}:${port}`, count: clientCount, services };
  const program = fileURLToPath(import.meta.resolve('./clients-main.ts'));
  stage.spawnAtClient([process.execPath, program, JSON.stringify(orders)]);
}
