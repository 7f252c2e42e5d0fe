import type { ReactNode } from 'react';
import { Mark } from './mark.tsx';

/** The pages before one is signed in: a form left, one calm fact right. */
export function Gate({ children, fact }: { readonly children: ReactNode; readonly fact: ReactNode }) {
  return (
    <main className="gate">
      <div className="gl">
        <div className="form">
          <div className="brand">
            <Mark size={28} />
            ServerCTL
          </div>
          {children}
        </div>
      </div>
      {fact}
    </main>
  );
}
