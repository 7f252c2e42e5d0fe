import { z } from 'zod';

/*
 * The least request body that a route's own schema takes: what must be there and nothing else, each with its default where it has one. Read
 * from the schema, so that a route that is added is asked properly at once.
 */

interface Shape {
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly type?: string;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly format?: string;
  readonly pattern?: string;
  readonly $ref?: string;
}

/** What fits a schema; undefined where there is none. */
export function sampleOf(schema: unknown): unknown {
  return schema === null ? undefined : completed(schema as z.ZodType, sample(shapeOf(schema)));
}

/** With the fields that are needed only where others are left out: no JSON schema says so, the schema itself does. */
function completed(schema: z.ZodType, least: unknown): unknown {
  const { properties = {} } = shapeOf(schema);
  const lacking = (schema.safeParse(least).error?.issues ?? []).flatMap(({ path: [field] }) =>
    typeof field === 'string' && properties[field] !== undefined ? [[field, sample(properties[field])]] : [],
  );
  return lacking.length === 0 ? least : { ...(least as object), ...Object.fromEntries(lacking) };
}

/** What fits one field of it. */
export function sampleField(schema: unknown, field: string): unknown {
  const { properties = {} } = shapeOf(schema);
  const shape = properties[field];
  if (shape === undefined) throw new Error(`the schema has no field ${field}`);
  return sample(shape);
}

function shapeOf(schema: unknown): Shape {
  return z.toJSONSchema(schema as z.ZodType, { io: 'output', unrepresentable: 'any', reused: 'inline' }) as Shape;
}

function sample(shape: Shape): unknown {
  if ('const' in shape) return shape.const;
  if ('default' in shape) return shape.default;
  if (shape.enum !== undefined) return shape.enum[0];
  const choices = shape.anyOf ?? shape.oneOf;
  if (choices !== undefined) return sample(choices.find(({ type }) => type === 'null') ?? choices[0] ?? {});
  if (shape.allOf !== undefined) return sample(Object.assign({}, ...shape.allOf) as Shape);
  switch (shape.type) {
    case 'object':
      return Object.fromEntries((shape.required ?? []).map((name) => [name, sample(shape.properties?.[name] ?? {})]));
    case 'array':
      return Array.from({ length: shape.minItems ?? 0 }, () => sample(shape.items ?? {}));
    case 'string':
      return textFor(shape);
    case 'number':
    case 'integer':
      return Math.max(shape.minimum ?? 1, 1);
    case 'boolean':
      return false;
    default:
      return null;
  }
}

const texts = ['someone@example.com', '2026-01-02T03:04:05.000Z', '123456', '07:30'];

function textFor({ format, pattern, minLength = 1 }: Shape): string {
  if (format === 'email') return 'someone@example.com';
  if (format === 'date-time') return '2026-01-02T03:04:05.000Z';
  if (pattern === undefined) return 'x'.repeat(minLength);
  const text = texts.find((one) => new RegExp(pattern).test(one));
  if (text === undefined) throw new Error(`no text is known that fits ${pattern}`);
  return text;
}
