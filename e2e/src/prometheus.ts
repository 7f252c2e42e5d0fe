import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { paths } from './paths.ts';
import type { Plane } from './plane.ts';
import type { Stage } from './stage.ts';

const listen = '127.0.0.1:9090';

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds, and the value as text. */
  readonly value: readonly [number, string];
}

export interface Prometheus {
  /** What the expression gives now. */
  query(expression: string): Promise<readonly Sample[]>;
  /** Asks until the expression gives something; rejects at the deadline. */
  until(expression: string, withinMs?: number): Promise<readonly Sample[]>;
  /** Each alert rule that was loaded, and whether it could be evaluated. */
  rules(): Promise<readonly { readonly name: string; readonly health: string }[]>;
}

/** Debian's Prometheus beside the control plane, set up as docs/monitoring/README.md says, but with a shorter interval. */
export async function startPrometheus(stage: Stage, plane: Plane, tokenFile: string): Promise<Prometheus> {
  const directory = join(stage.directory, 'prometheus');
  await mkdir(directory, { recursive: true });
  const configuration = {
    global: { evaluation_interval: '1s' },
    scrape_configs: [
      {
        job_name: 'serverctl',
        scheme: 'https',
        metrics_path: '/metrics',
        scrape_interval: '1s',
        authorization: { credentials_file: tokenFile },
        tls_config: { ca_file: plane.caFile },
        static_configs: [{ targets: [new URL(plane.url).host] }],
      },
    ],
    rule_files: [join(paths.root, 'docs/monitoring/alerts.yml')],
  };
  const file = join(directory, 'prometheus.yml');
  await writeFile(file, JSON.stringify(configuration)); // YAML takes JSON
  const log = await open(join(directory, 'log'), 'a');
  stage.spawnAtPlane(
    ['prometheus', `--config.file=${file}`, `--storage.tsdb.path=${directory}/data`, `--web.listen-address=${listen}`],
    { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, stdio: ['ignore', log.fd, log.fd] },
  );
  await log.close();
  const query = async (expression: string) =>
    (await ask<{ result: readonly Sample[] }>(stage, 'query', { query: expression })).result;
  return {
    query,
    async until(expression, withinMs = 30_000) {
      const given = () => query(expression).catch(() => []); // it starts
      await expect.poll(given, { timeout: withinMs, interval: 500, message: expression }).not.toEqual([]);
      return query(expression);
    },
    async rules() {
      type Groups = { groups: readonly { rules: readonly { name: string; health: string }[] }[] };
      return (await ask<Groups>(stage, 'rules', {})).groups.flatMap(({ rules }) => rules);
    },
  };
}

/** Where it listens only a program beside it can ask. */
async function ask<Data>(stage: Stage, what: string, parameters: Record<string, string>): Promise<Data> {
  const url = `http://${listen}/api/v1/${what}?${new URLSearchParams(parameters)}`;
  const program = 'process.stdout.write(await (await fetch(process.argv[1])).text())';
  const { status, stdout, stderr } = await stage.runAtPlane([
    process.execPath,
    '--input-type=module',
    '-e',
    program,
    url,
  ]);
  if (status !== 0) throw new Error(`Prometheus does not answer: ${stderr}`);
  const reply = JSON.parse(stdout) as { status: string; data: Data };
  if (reply.status !== 'success') throw new Error(`Prometheus refuses ${url}: ${stdout}`);
  return reply.data;
}
