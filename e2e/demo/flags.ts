import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** How the demo's record is written. */
export const dnsKinds = ['rfc2136', 'cloudflare', 'whm'] as const;
export type DnsKind = (typeof dnsKinds)[number];

export interface Flags {
  readonly once: boolean;
  readonly json: boolean;
  readonly local: boolean;
  readonly dns: DnsKind;
}

/** A file, so that script/demo can show it where no Node is installed yet. */
const help = readFileSync(join(import.meta.dirname, 'help.txt'), 'utf8');

/** Ends the process with the usage where it is asked for, and with status 2 and words where a flag is wrong. */
export function readFlags(): Flags {
  try {
    const { values } = parseArgs({
      options: {
        once: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        local: { type: 'boolean', default: false },
        dns: { type: 'string', default: dnsKinds[0] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    const dns = dnsKinds.find((kind) => kind === values.dns);
    if (dns === undefined) throw new Error(`--dns is one of ${dnsKinds.join(', ')}, not '${values.dns}'.`);
    return { once: values.once, json: values.json, local: values.local, dns };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    process.exit(2);
  }
}
