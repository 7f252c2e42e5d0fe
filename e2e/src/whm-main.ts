import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { findNamed, run } from '@serverctl/lab';
import { mirrorZoneTo, startCpanelEmulator } from '../../testkit/src/cpanel/index.ts';
import type { WhmListens, WhmSettings } from './whm.ts';

/*
 * WHM's API with one zone, on the loopback of whoever started it, with a certificate that it has signed itself. The zone is answered by a real
 * name server: each change is mirrored there before the API replies. Ends with its stage.
 */
const file = process.argv[2] ?? '';
// A file that startWhm() has just written.
const { zone, user, token, nameServer, key } = JSON.parse(readFileSync(file, 'utf8')) as WhmSettings;
const { nsupdate: program, env } = await findNamed();
const keyFile = `${file}.key`;
await writeFile(keyFile, `key "${key.name}" { algorithm ${key.algorithm}; secret "${key.secret}"; };\n`, {
  mode: 0o600,
});

const emulator = await startCpanelEmulator();
emulator.addZone(zone);
emulator.addToken({ service: 'whm', user, value: token, rights: ['dns'] });
const heading = [`server ${nameServer.address} ${nameServer.port}`, `zone ${zone}`];
const nsupdate = (lines: readonly string[]) =>
  run([program, '-v', '-t', '5', '-k', keyFile], { input: [...heading, ...lines, 'send', ''].join('\n'), env });
emulator.addPeer(mirrorZoneTo({ nsupdate }));

const listens: WhmListens = { target: new URL(emulator.bases.whm).host, sha256: emulator.certificate.sha256 };
process.stdout.write(`${JSON.stringify(listens)}\n`);
