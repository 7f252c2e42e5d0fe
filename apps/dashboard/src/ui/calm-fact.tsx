import { StateDrawing } from './state.tsx';

/** What a person before the gate may want to know most, drawn once. */
export function CalmFact() {
  return (
    <div className="gr">
      <figure>
        <svg
          className="pic"
          viewBox="0 0 460 210"
          role="img"
          aria-label="Clients ask lb.example.com and are sent to edge-fra-1; edge-ams-1 and edge-waw-1 stand by"
        >
          <path className="ln hot" d="M86 105H150" />
          <path className="ln hot" d="M286 105C320 105 306 34 340 34" />
          <path className="ln dash" d="M286 105H340" />
          <path className="ln dash" d="M286 105C320 105 306 176 340 176" />
          <rect className="bx" x=".75" y="84" width="86" height="42" rx="9" />
          <text x="44" y="110" textAnchor="middle">
            Clients
          </text>
          <rect className="bx" x="150" y="74" width="136" height="62" rx="9" />
          <text x="166" y="100">
            lb.example.com
          </text>
          <text className="t2" x="166" y="120">
            A 192.0.2.11, 30 s
          </text>
          <rect className="bx o" x="340" y="10" width="119" height="48" rx="9" />
          <text x="356" y="39">
            edge-fra-1
          </text>
          <svg className="oki" x="435" y="27" width="13" height="13" viewBox="0 0 14 14" aria-hidden="true">
            <StateDrawing shape="healthy" />
          </svg>
          <rect className="bx d" x="340" y="81" width="119" height="48" rx="9" />
          <text className="by" x="356" y="110">
            edge-ams-1
          </text>
          <rect className="bx d" x="340" y="152" width="119" height="48" rx="9" />
          <text className="by" x="356" y="181">
            edge-waw-1
          </text>
        </svg>
        <figcaption>Your edge keeps serving while you are signed out, and while ServerCTL itself is down.</figcaption>
        <p>It is never in the path of your clients’ traffic.</p>
      </figure>
    </div>
  );
}
