import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../../lib/queries.ts';
import { grantsText } from '../../lib/role-words.ts';
import { useTitle } from '../../lib/use-title.ts';
import { Box, Section } from '../../ui/box.tsx';
import { Authenticator } from './authenticator.tsx';
import { Facts } from './facts.tsx';
import { OwnPassword } from './own-password.tsx';
import { OwnSessions } from './own-sessions.tsx';
import { usePoolNames } from './pool-names.ts';

/** One's own account: who one is, password, second factor, sessions. */
export function OwnPage() {
  useTitle('Your account');
  const { data: me } = useQuery(meQuery);
  const nameOf = usePoolNames();
  if (me === undefined) return null;
  return (
    <div className="acc">
      <h1>Your account</h1>
      <Section id="who" title="Who you are">
        <Box className="acc-box">
          <Facts
            facts={[
              ['Name', me.name],
              ['E-mail', me.email ?? 'none'],
              ['Roles', grantsText(me.grants, nameOf)],
            ]}
          />
          <p className="tiny dimmer">An administrator changes name and roles.</p>
        </Box>
      </Section>
      <Authenticator me={me} />
      <OwnPassword me={me} />
      <OwnSessions />
    </div>
  );
}
