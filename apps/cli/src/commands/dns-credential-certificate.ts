import { Command } from 'commander';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { hostAndPort } from '../options.ts';
import { certificateText } from '../output/panel-certificate.ts';

/** `serverctl dns credential certificate`: looked at by a person before it is pinned. */
export function certificateCommand(): Command {
  return new Command('certificate')
    .description('The certificate that a panel shows, with the --pin to give; sends nothing and stores nothing')
    .argument('<host[:port]>', 'the panel; port 2083 (cPanel) unless said, 2087 is WHM’s', hostAndPort)
    .option('--server-name <name>', 'the name to ask for, if not the host')
    .addHelpText(
      'after',
      examples([
        ['of cPanel', 'serverctl dns credential certificate panel.example.com'],
        ['of WHM', 'serverctl dns credential certificate panel.example.com:2087'],
      ]),
    )
    .action(
      action(async ({ client }, place: ReturnType<typeof hostAndPort>, { serverName }: { serverName?: string }) => {
        const shown = await client.credentials.certificate({
          ...place,
          ...(serverName !== undefined && { serverName }),
        });
        return { json: shown, text: certificateText(shown) };
      }),
    );
}
