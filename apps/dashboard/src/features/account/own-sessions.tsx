import type { SessionView } from '@serverctl/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { sessionApi } from '../../lib/api/session.ts';
import { NotReadAgain, Problem, Skeleton } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { Button } from '../../ui/button.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Tag } from '../../ui/tag.tsx';
import { When } from '../../ui/when.tsx';
import { browserWords } from './browser-words.ts';
import { endedText } from './ended-words.ts';
import { sessionsQuery } from './queries.ts';

/** Where one is signed in, and ending it. */
export function OwnSessions() {
  const queries = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const [ended, setEnded] = useState<string | null>(null);
  const act = useAct(
    async (id: string | null) => (id === null ? sessionApi.endOtherSessions() : sessionApi.endSession(id)),
    (result) => {
      setEnded(endedText(result.ended, 'No such session was open any more.'));
      void queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
  );
  const others = sessions.data?.filter(({ current }) => !current).length ?? 0;
  const isWorking = act.state.kind === 'working';
  return (
    <Section
      id="sessions"
      title="Sessions"
      hint="Browsers and command lines that are signed in as you"
      aside={
        <Button size="tiny" disabled={others === 0 || isWorking} onClick={() => act.run(null)}>
          {others === 0 ? 'No other session' : 'End all others'}
        </Button>
      }
    >
      <Box>
        <NotReadAgain query={sessions} what="Your sessions" />
        {act.state.kind === 'failed' && (
          <div className="acc-said">
            <FailureNote error={act.state.error} />
          </div>
        )}
        <p className={ended === null ? 'vh' : 'acc-said small dim'} role="status">
          {ended}
        </p>
        {sessions.data !== undefined ? (
          <ul className="acc-rows" aria-label="Your sessions">
            {sessions.data.map((one) => (
              <Row key={one.id} session={one} isWorking={isWorking} onEnd={() => act.run(one.id)} />
            ))}
          </ul>
        ) : sessions.isError ? (
          <Problem error={sessions.error} what="Your sessions" onRetry={() => void sessions.refetch()} />
        ) : (
          <Skeleton title="Reading your sessions" />
        )}
      </Box>
    </Section>
  );
}

interface RowProps {
  readonly session: SessionView;
  readonly isWorking: boolean;
  readonly onEnd: () => void;
}

function Row({ session, isWorking, onEnd }: RowProps) {
  const { kind, peer, userAgent, createdAt, lastSeenAt, expiresAt, current } = session;
  const what = browserWords(userAgent);
  return (
    <li>
      <div className="grow">
        <div className="row acc-title">
          <span className="strong" title={userAgent}>
            {what}
          </span>
          {kind === 'command-line' && <Tag>Command line</Tag>}
          {current && <Tag active>This one</Tag>}
        </div>
        <div className="small dim">
          From <span className="mono">{peer}</span>, since <When at={createdAt} />
        </div>
        <div className="tiny dimmer">
          Last seen <When at={lastSeenAt} />, ends <When at={expiresAt} /> unless it is used
        </div>
      </div>
      {!current && (
        <Button size="tiny" disabled={isWorking} aria-label={`End the session of ${what} from ${peer}`} onClick={onEnd}>
          End
        </Button>
      )}
    </li>
  );
}
