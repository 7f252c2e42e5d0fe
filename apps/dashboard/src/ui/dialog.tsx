import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, type Ref, useEffect, useState } from 'react';
import { Button } from './button.tsx';

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
  /** It cannot be closed now: what comes of it is shown once. */
  readonly mustStay?: boolean;
}

/**
 * There is never a second one on top: a step that needs another decision replaces the body (DESIGN.md, section 10). It closes by Esc, the
 * cross and its buttons; a press beside it does nothing, since a reason that was typed would be lost.
 */
export function Dialog({ title, lede, children, foot, onClose, onKey, popup, mustStay = false }: DialogProps) {
  useGivesFocusBack();
  return (
    <BaseDialog.Root open disablePointerDismissal onOpenChange={(isOpen) => !isOpen && !mustStay && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="backdrop" />
        <BaseDialog.Viewport className="scrim">
          <BaseDialog.Popup className="dlg" ref={popup} onKeyDown={onKey}>
            <header>
              <div className="grow">
                <BaseDialog.Title>{title}</BaseDialog.Title>
                {lede !== undefined && <BaseDialog.Description className="small dim">{lede}</BaseDialog.Description>}
              </div>
              <BaseDialog.Close className="btn bare" aria-label="Close" disabled={mustStay}>
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

/** The foot of a dialog that has nothing to confirm, or no more. */
export function CloseFoot({ onClose }: Pick<DialogProps, 'onClose'>) {
  return (
    <>
      <span className="grow" />
      <Button kind="prime" onClick={onClose}>
        Close
      </Button>
    </>
  );
}

let lastOpener: Element | null = null;

/** Who has the focus as a dialog opens. One that takes the place of another has the opener of that one. */
function openerNow(): Element | null {
  const now = document.activeElement;
  if (now !== null && now.closest('.dlg') === null) lastOpener = now;
  return lastOpener;
}

/** A dialog that has an address goes at once with it, without having been closed first: the focus would be nowhere. */
function useGivesFocusBack(): void {
  const [opener] = useState(openerNow);
  useEffect(
    () => () => {
      const isNowhere = document.activeElement === null || document.activeElement === document.body;
      if (isNowhere && opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    },
    [opener],
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
