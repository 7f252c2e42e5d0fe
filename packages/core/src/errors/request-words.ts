/** As many as one sentence names; the details have them all. */
const mostFields = 5;

/**
 * What is wrong with a request, in one sentence made of the details of `request_invalid`, so that who shows the message alone has said it.
 * Null where they tell nothing.
 *
 *   fields: ['body.password: must …', …]   `password: must …; email: must ….`
 *   field or option, because               `preset: one of haproxy, generic.`
 *   because alone                          as it is
 */
export function requestWords({ fields, field, option, because }: Readonly<Record<string, unknown>>): string | null {
  if (Array.isArray(fields) && fields.length > 0) {
    const named = fields.slice(0, mostFields).map((one) => withoutPlace(String(one)));
    const others = fields.length - named.length;
    return sentence([...named, ...(others > 0 ? [`and ${others} more`] : [])].join('; '));
  }
  if (typeof because !== 'string' || because === '') return null;
  const name = field ?? option;
  return sentence(typeof name === 'string' ? `${name}: ${because}` : because);
}

/** `body.email: must …` → `email: must …`: who sent it knows where. What is said of a body as a whole keeps its name. */
function withoutPlace(text: string): string {
  return text.replace(/^(?:body|path|query|header)[./](?=[^:\s])/, '');
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
