import { type ErrorCode, errorCatalogue, errorCategories, errorCodes, exitCode, httpStatus } from '@serverctl/core';

/** docs/reference/errors.md as text, from the one catalogue. */
export function errorReference(): string {
  const sections = errorCategories.map((category) => {
    const rows = errorCodes.filter((code) => errorCatalogue[code].category === category).map(row);
    const head = `## ${category}\n\nHTTP ${httpStatus[category]}, exit code ${exitCode[category]}.\n`;
    return rows.length === 0
      ? null
      : `${head}\n| code | what happened | what to do |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `# Errors\n\nGenerated from \`packages/core/src/errors\` by \`script/check --write\`; do not edit.\n\n${sections.filter(Boolean).join('\n')}`;
}

function row(code: ErrorCode): string {
  const { summary, remedy } = errorCatalogue[code];
  return `| \`${code}\` | ${summary} | ${remedy} |`;
}
