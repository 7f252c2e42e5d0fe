/** The direction of imports (ARCHITECTURE.md, Layout). Wrong imports are errors, never warnings. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: '\\.test\\.ts$|/testing/|/testing\\.ts$' },
  to: {
    pathNot: [
      ...allowed,
      '^node:',
      '^(assert|buffer|child_process|crypto|dgram|dns|events|fs|http|https|net|os|path|perf_hooks|process|readline|stream|timers|tls|tty|url|util|v8)(/|$)',
    ],
  },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { pathNot: 'node_modules' } } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^vitest/config$' } },
    {
      name: 'core-is-pure',
      comment: 'core: no dependency, no I/O, no clock, no randomness, no logging.',
      severity: 'error',
      from: { path: '^packages/core/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/core/src' },
    },
    only(
      'contract-imports',
      '^packages/contract/src',
      ['^packages/(contract|core)/src', 'node_modules/zod'],
      'core ← contract',
    ),
    only('dns-imports', '^packages/dns/src', ['^packages/(dns|core)/src'], 'core ← dns'),
    only('agent-imports', '^apps/agent/src', ['^apps/agent/src', '^packages/(contract|core)/src'], 'contract ← agent'),
    only(
      'cli-imports',
      '^apps/cli/src',
      ['^apps/cli/src', '^packages/(contract|core)/src', 'node_modules/(commander|uqr|zod)'],
      'contract ← cli',
    ),
    {
      name: 'dashboard-imports',
      comment:
        'contract ← dashboard: its types only (package-dashboard.test.ts looks for schemas in what a browser loads).',
      severity: 'error',
      from: { path: '^apps/dashboard/src', pathNot: '\\.test\\.ts$|/testing/' },
      to: { path: '^packages/', pathNot: '^packages/contract/src' },
    },
    {
      name: 'features-know-no-feature',
      comment: 'What two need is of lib or ui.',
      severity: 'error',
      from: { path: '^apps/dashboard/src/features/([^/]+)/' },
      to: { path: '^apps/dashboard/src/(app|features)/', pathNot: '^apps/dashboard/src/features/$1/' },
    },
    {
      name: 'dashboard-layers',
      comment: 'app → features → ui → lib → platform.',
      severity: 'error',
      from: { path: '^apps/dashboard/src/(ui|lib|platform)/' },
      to: { path: '^apps/dashboard/src/(app|features)/' },
    },
    {
      name: 'agent-carries-no-zod',
      comment: 'zod alone costs 4 MB in the agent (ARCHITECTURE.md).',
      severity: 'error',
      from: { path: '^apps/agent/src' },
      to: { reachable: true, path: 'node_modules/zod' },
    },
    {
      name: 'no-app-imports-an-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'nobody-imports-main',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$' },
      to: { path: '^apps/[^/]+/src/main\\.ts$' },
    },
    {
      name: 'worker-decides-without-http',
      comment: 'The loop knows ports, never the web or SQL, so that the simulator runs the real one.',
      severity: 'error',
      from: { path: '^apps/server/src/worker', pathNot: '\\.test\\.ts$' },
      to: { path: '^apps/server/src/(http|db|liveness)' },
    },
    {
      name: 'http-asks-services',
      comment:
        'Transactions begin and end in services; a route gets what it needs as options (ARCHITECTURE.md, Layout).',
      severity: 'error',
      from: { path: '^apps/server/src/http', pathNot: '\\.test\\.ts$|/testing/' },
      to: { path: '^apps/server/src/db' },
    },
    {
      name: 'services-know-no-http',
      severity: 'error',
      from: { path: '^apps/server/src/(services|db|liveness|platform)', pathNot: '\\.test\\.ts$' },
      to: { path: '^apps/server/src/http' },
    },
    {
      name: 'no-test-code-in-product',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: '\\.test\\.ts$|/testing/|/testing\\.ts$|-suite(/|\\.ts$)' },
      to: { path: '^(testkit|lab|e2e|bench)/|/testing(/|\\.ts)|node_modules/(vitest|fast-check)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.json', '.cjs', '.mjs', '.d.ts'],
    },
  },
};
