import { useLive } from '../../lib/live/use-live.ts';
import { useTitle } from '../../lib/use-title.ts';
import { Box, Section } from '../../ui/box.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Facts } from './facts.tsx';

/** Which control plane this is, and where its words are. */
export function AboutPage() {
  useTitle('About');
  const version = useLive(({ plane }) => plane?.version ?? null);
  return (
    <div className="acc">
      <h1>About</h1>
      <Section id="plane" title="This control plane">
        <Box className="acc-box">
          <Facts
            facts={[
              ['Release', version === null ? 'not read yet' : `ServerCTL ${version}`],
              ['Address', <Copy key="address" text={location.origin} name="the address" />],
              [
                'API',
                <a key="api" href="/api/v1/openapi.json">
                  OpenAPI description
                </a>,
              ],
              [
                'At a terminal',
                <Copy key="cli" text={`serverctl sign-in --url ${location.origin}`} name="the command" />,
              ],
              [
                'Is it alive?',
                <a key="ready" href="/readyz">
                  Database, lease and flush
                </a>,
              ],
            ]}
          />
          <p className="small dim">
            The address is the one that this page was opened at. The documentation comes with the release, in{' '}
            <span className="mono">docs/</span>; <span className="mono">serverctl --help</span> says the rest.
          </p>
        </Box>
      </Section>
    </div>
  );
}
