import {
  neverByToken,
  type Permission,
  permissions,
  permissionsOf,
  type Role,
  roles,
  withoutPool,
} from '@serverctl/core';
import { createApp } from '../../apps/server/src/http/app.ts';
import { type DeclaredRoute, declaredRoutes, isPermission, type When } from '../../apps/server/src/http/permission.ts';
import { bareParts } from '../../apps/server/src/http/testing/bare-app.ts';
import { createLogger } from '../../apps/server/src/platform/logger.ts';

type AppOptions = Parameters<typeof createApp>[0];

/** docs/reference/permissions.md as text: from the table of roles, and from what each route of the app declares. */
export async function permissionReference(): Promise<string> {
  const app = await createApp(neverAsked);
  const routes = declaredRoutes(app).filter(({ url }) => isOfPeople(url));
  await app.close();
  return `${head}
## Roles

A role holds everywhere, or in one pool. What has no mark under “in one pool” is over what belongs to no pool: no role in one pool has it, and
no API token that was made for named pools (\`permission_without_pool\`).

| permission | ${roles.join(' | ')} | in one pool | by an API token |
| --- | ${roles.map(() => ':-:').join(' | ')} | :-: | :-: |
${permissions.map(permissionRow).join('\n')}

## Routes

| route | what it does | permission | judged for | fresh proof |
| --- | --- | --- | --- | --- |
${routes.map(routeRow).join('\n')}
`;
}

const head = `# Permissions

Generated from \`packages/core/src/access\` and the routes' own declarations by \`script/check --write\`; do not edit.

What is not in these tables is denied (R39). A pool that may not be read is answered for as one that there is not (\`pool_not_found\`). “Fresh
proof”: a signed-in user gave the password, and the code, within the last ten minutes (\`step_up_required\`); the administrator token of the
host and API tokens need none. \`public\` needs nothing, \`self\` any proof of who asks: it is about the caller alone.
`;

/** Collecting routes asks nobody: what they would ask is never called. */
const neverAsked: AppOptions = {
  ...bareParts,
  deps: {} as AppOptions['deps'], // no request comes
  logger: createLogger('silent'),
};

const isOfPeople = (url: string) => !url.startsWith('/install') && !url.startsWith('/agent');

function permissionRow(permission: Permission): string {
  const held = (role: Role) => tick(permissionsOf[role].has(permission));
  const cells = [...roles.map(held), tick(!withoutPool.has(permission)), tick(!neverByToken.has(permission))];
  return `| \`${permission}\` | ${cells.join(' | ')} |`;
}

function routeRow(route: DeclaredRoute): string {
  const { method, url, summary, permission, also, notForTokens, stepUp } = route;
  const more = also.map((one) => `; with ${whenWords(one.when)} also \`${one.permission}\``).join('');
  const never = notForTokens ? '; not by an API token' : '';
  const proof = stepUp === true ? 'yes' : stepUp === null ? '' : `with ${whenWords(stepUp)}`;
  return `| \`${method} ${url}\` | ${summary ?? ''} | \`${permission}\`${more}${never} | ${judgedFor(route)} | ${proof} |`;
}

function judgedFor({ url, permission, listed }: DeclaredRoute): string {
  if (!isPermission(permission)) return '';
  if (listed) return 'any pool; shows those that may be seen';
  return url.includes('/:poolId') ? 'its pool' : 'everywhere';
}

function whenWords({ in: place, field, is }: When): string {
  const name = place === 'query' ? `?${field}` : field;
  return is === undefined ? `\`${name}\`` : `\`${name}: ${is}\``;
}

function tick(holds: boolean): string {
  return holds ? '✓' : '';
}
