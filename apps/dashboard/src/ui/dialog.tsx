import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';

export interface DialogProps {
  /** The question, or what is being done. */
  readonly title: string;
  readonly lede?: ReactNode;
  readonly children: ReactNode;
  readonly foot: ReactNode;
  readonly onClose: () => void;
  /** Keys of everything inside; Esc is the dialog's own. */
  readonly onKey?: (event: KeyboardEvent) => void;
  readonly popup?: Ref<HTMLDivElement>;
}

/**
 * There is never a second one on top: a step that needs another decision replaces the body (DESIGN.md, section 10). It closes by Esc, the
 * cross and its buttons; a press beside it does nothing, since a reason that was typed would be lost.
 */
export function Dialog({ title, lede, children, foot, onClose, onKey, popup }: DialogProps) {
  return (
    <BaseDialog.Root open disablePointerDismissal onOpenChange={(isOpen) => !isOpen && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="backdrop" />
        <BaseDialog.Viewport className="scrim">
          <BaseDialog.Popup className="dlg" ref={popup} onKeyDown={onKey}>
            <header>
              <div className="grow">
                <BaseDialog.Title>{title}</BaseDialog.Title>
                {lede !== undefined && <BaseDialog.Description className="small dim">{lede}</BaseDialog.Description>}
              </div>
              <BaseDialog.Close className="btn bare" aria-label="Close">
                <X size={16} aria-hidden="true" />
              </BaseDialog.Close>
            </header>
            <div className="body">{children}</div>
            <footer>{foot}</footer>
          </BaseDialog.Popup>
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

/** A titled part of a dialog's body. */
export function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3 className="part">{title}</h3>
      {children}
    </section>
  );
}
