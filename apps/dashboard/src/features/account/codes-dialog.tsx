import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CheckField } from '../../ui/field.tsx';
import { Note } from '../../ui/note.tsx';
import { saveFile } from '../../ui/save-file.ts';

export interface CodesDialogProps {
  readonly title: string;
  readonly lede: string;
  readonly email: string;
  readonly codes: readonly string[];
  readonly onClose: () => void;
}

/** Shown this once: it is closed by who says that they are kept, and by nothing that happens by accident. */
export function CodesDialog({ title, lede, email, codes, onClose }: CodesDialogProps) {
  const [isKept, setKept] = useState(false);
  const text = `Recovery codes of ${email} at ${location.host}\nEach signs in once in place of a code.\n\n${codes.join('\n')}\n`;
  return (
    <Dialog
      title={title}
      lede={lede}
      mustStay={!isKept}
      onClose={onClose}
      foot={
        <>
          <span className="small dimmer grow">{isKept ? null : 'Say that you have kept them, then close.'}</span>
          <Button kind="prime" disabled={!isKept} onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <Note shape="needs-you">
        <b>They are shown this once.</b> Each signs in once in place of a code, when the authenticator is lost. Keep
        them where the authenticator is not.
      </Note>
      <ul className="codes mono" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="row acc-acts">
        <CopyButton text={codes.join('\n')}>Copy them</CopyButton>
        <Button onClick={() => saveFile('serverctl-recovery-codes.txt', 'text/plain', text)}>
          Download as a text file
        </Button>
      </div>
      <CheckField label="I have kept them" checked={isKept} onChecked={setKept} />
    </Dialog>
  );
}
