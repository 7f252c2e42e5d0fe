import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { keyWords } from './keys.ts';

/** What the keys do. */
export function KeyList({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog
      title="Keys"
      lede="No key changes anything by itself."
      onClose={onClose}
      foot={
        <>
          <span className="grow" />
          <Button kind="prime" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <dl className="keys">
        {keyWords.map(([keys, words]) => (
          <div key={words}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className="kbd">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
