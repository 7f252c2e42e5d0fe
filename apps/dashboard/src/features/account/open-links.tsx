import type { InvitationView } from '@serverctl/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { peopleApi } from '../../lib/api/people.ts';
import { grantsText, inviterText } from '../../lib/role-words.ts';
import { EmptyState, NotReadAgain, Problem, Skeleton } from '../../ui/absent.tsx';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { Button } from '../../ui/button.tsx';
import { Part } from '../../ui/dialog.tsx';
import { Tag } from '../../ui/tag.tsx';
import { When } from '../../ui/when.tsx';
import { usePoolNames } from './pool-names.ts';
import { invitationsQuery } from './queries.ts';

const kindWords: Readonly<Record<InvitationView['kind'], string>> = {
  setup: 'First administrator',
  invitation: 'Invitation',
  reset: 'New password',
};

/** Links that nobody has used yet. Their secrets were shown once and are kept nowhere. */
export function OpenLinks({ refusal }: { readonly refusal: string | null }) {
  const links = useQuery(invitationsQuery);
  const [removing, setRemoving] = useState<InvitationView | null>(null);
  return (
    <Section id="links" title="Open links" hint="Made, and used by nobody yet">
      <Box>
        <NotReadAgain query={links} what="The open links" />
        {links.data === undefined ? (
          links.isError ? (
            <Problem
              error={links.error}
              what="The open links"
              readers="administrators of all pools"
              onRetry={() => void links.refetch()}
            />
          ) : (
            <Skeleton title="Reading the open links" lines={2} />
          )
        ) : links.data.length === 0 ? (
          <EmptyState title="No link is open">An invitation is here until it is used, and can be voided.</EmptyState>
        ) : (
          <ul className="acc-rows" aria-label="Open links">
            {links.data.map((one) => (
              <LinkRow key={one.id} link={one} refusal={refusal} onRemove={() => setRemoving(one)} />
            ))}
          </ul>
        )}
      </Box>
      {removing !== null && <RemoveLink link={removing} onClose={() => setRemoving(null)} />}
    </Section>
  );
}

interface LinkRowProps {
  readonly link: InvitationView;
  readonly refusal: string | null;
  readonly onRemove: () => void;
}

function LinkRow({ link, refusal, onRemove }: LinkRowProps) {
  const nameOf = usePoolNames();
  const { kind, email, grants, invitedBy, createdAt, expiresAt, expired } = link;
  const gives =
    kind === 'setup' ? 'administrator everywhere' : kind === 'reset' ? 'as before' : grantsText(grants, nameOf);
  const who = email ?? 'Anybody who has it';
  return (
    <li>
      <div className="grow">
        <div className="row acc-title">
          <span className="strong">{who}</span>
          <Tag>{kindWords[kind]}</Tag>
        </div>
        <div className="small">{gives}</div>
        <div className="tiny dimmer">
          {expired ? 'Ended ' : 'Works until '}
          <When at={expiresAt} /> · made <When at={createdAt} />, by {inviterText(invitedBy)}
        </div>
      </div>
      <Button
        size="tiny"
        disabled={refusal !== null}
        title={refusal ?? undefined}
        aria-label={`Void the link of ${who}…`}
        onClick={onRemove}
      >
        Void…
      </Button>
    </li>
  );
}

function RemoveLink({ link, onClose }: { readonly link: InvitationView; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const act = useAct(
    () => peopleApi.removeInvitation(link.id),
    () => void queries.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
  );
  return (
    <ActDialog
      title={`Void the link of ${link.email ?? 'anybody who has it'}?`}
      needsReason={false}
      keep="Keep it"
      verb="Void the link"
      act={act}
      done={() => 'The link does not work any more.'}
      onClose={onClose}
    >
      <Part title="What it costs">
        <p>Whoever has it cannot use it any more. A new one can be made at any time.</p>
      </Part>
    </ActDialog>
  );
}
