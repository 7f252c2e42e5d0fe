import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { describeMetrics } from '../../apps/server/src/services/metrics/describe.ts';

/** docs/reference/metrics.md: every metric of ours, from the registry that answers Prometheus. */
export function metricReference(): string {
  const rows = describeMetrics(systemClock).map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  );
  return `${head}${rows.join('\n')}\n`;
}

const head = `<!-- Generated from apps/server/src/services/metrics by script/check --write. -->
# Metrics

\`GET /metrics\` of every process that hears agents, in the text format of Prometheus; it needs an API token with \`metrics:read\`. How to
scrape it, alert rules and a Grafana dashboard: [docs/monitoring](../monitoring/README.md). Beside these come Node's own (\`process_…\`,
\`nodejs_…\`), as prom-client names them.

| metric | type | labels | what it says |
| --- | --- | --- | --- |
`;
