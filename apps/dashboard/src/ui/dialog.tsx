import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';

export interface DialogProps {
  /** The question, or what is being done. */
  readonly title: string;
  readonly lede?: ReactNode;
  readonly children: ReactNode;
  readonly foot: ReactNode;
  readonly onClose: () => void;
}

/** There is never a second one on top: a step that needs another decision replaces the body (DESIGN.md, section 10). */
export function Dialog({ title, lede, children, foot, onClose }: DialogProps) {
  return (
    <BaseDialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="backdrop" />
        <BaseDialog.Viewport className="scrim">
          <BaseDialog.Popup className="dlg">
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
