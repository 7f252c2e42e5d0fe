import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { LoopbackCertificate } from './loopback-certificate.ts';
import type { Stage } from './stage.ts';

/** Where it listens, on the loopback of the control plane. */
export const webhookAddress = { host: '127.0.0.1', port: 8443 } as const;

/** One request that came, and what it was answered. */
export interface Received {
  /** Wall-clock milliseconds. */
  readonly at: number;
  /** `webhook-id`: the same over retries. */
  readonly id: string;
  /** Signature and time, as the standard's own library judges them. */
  readonly verified: boolean;
  readonly status: number;
  readonly notice: { readonly kind: string; readonly member: string | null; readonly sentence: string } | null;
}

export interface WebhookReceiver {
  readonly received: readonly Received[];
  /** Resolves with the first request taken that `holds`; rejects at the deadline. */
  until(what: string, holds: (received: Received) => boolean, withinMs?: number): Promise<Received>;
}

/** Starts it where the control plane stands; it verifies with the secret in the file. */
export async function startWebhookReceiver(
  stage: Stage,
  { certificateFile, keyFile }: LoopbackCertificate,
  secretFile: string,
): Promise<WebhookReceiver> {
  const program = fileURLToPath(import.meta.resolve('./webhook-receiver-main.ts'));
  const child = stage.spawnAtPlane(
    [process.execPath, program, String(webhookAddress.port), certificateFile, keyFile, secretFile],
    { env: { PATH: process.env['PATH'] }, stdio: ['ignore', 'pipe', 2] },
  );
  const received: Received[] = [];
  let listens = false;
  if (child.stdout === null) throw new Error('the receiver has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as Received | 'listens';
    if (said === 'listens') listens = true;
    else received.push(said);
  });
  await expect.poll(() => listens, { timeout: 10_000, message: 'the webhook receiver listens' }).toBe(true);
  return {
    received,
    async until(what, holds, withinMs = 30_000) {
      const found = () => received.find((one) => one.status === 204 && holds(one));
      await expect.poll(found, { timeout: withinMs, interval: 50, message: `a webhook: ${what}` }).toBeDefined();
      return found()!;
    },
  };
}
