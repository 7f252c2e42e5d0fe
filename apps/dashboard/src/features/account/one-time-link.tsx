import type { InvitationMade } from '@serverctl/contract';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Note } from '../../ui/note.tsx';
import { When } from '../../ui/when.tsx';

/** A link is a secret: whoever has it first becomes that user. Shown once. */
export function OneTimeLink({
  done,
  made: { link, invitation },
}: {
  readonly done: string;
  readonly made: InvitationMade;
}) {
  return (
    <div className="grid gap-4.5">
      <p>{done} Pass this link on over a way that only they can read:</p>
      <div className="code">{link}</div>
      <div className="row acc-acts">
        <CopyButton text={link}>Copy the link</CopyButton>
      </div>
      <Note shape="needs-you">
        It works once, until <When at={invitation.expiresAt} />. <b>It is not shown again.</b> It opens in a browser, or
        at a terminal: <span className="mono">serverctl join</span>
      </Note>
    </div>
  );
}
