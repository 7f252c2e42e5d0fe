interface Schema {
  readonly type?: string | readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly pattern?: string;
}

/** The part of JSON Schema that contract/agent-schemas uses, so that the fake control plane is as strict as the real one. */
export function schemaProblem(schema: Schema, value: unknown, path = '$'): string | null {
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => isOfType(type, value))) return `${path} is not ${types.join(' or ')}`;
  if (typeof value === 'string') return textProblem(schema, value, path);
  if (typeof value === 'number' && value < (schema.minimum ?? -Infinity)) return `${path} is too small`;
  if (Array.isArray(value)) {
    if (value.length > (schema.maxItems ?? Infinity)) return `${path} has too many items`;
    const items = schema.items ?? {};
    return firstProblem(value.map((item, index) => schemaProblem(items, item, `${path}[${index}]`)));
  }
  if (typeof value === 'object' && value !== null) return objectProblem(schema, value, path);
  return null;
}

function objectProblem(schema: Schema, value: object, path: string): string | null {
  const { properties = {}, required = [] } = schema;
  const missing = required.find((name) => !(name in value));
  if (missing !== undefined) return `${path}.${missing} is missing`;
  return firstProblem(
    Object.entries(value).map(([name, part]) => {
      const known = properties[name];
      return known === undefined ? `${path}.${name} is unknown` : schemaProblem(known, part, `${path}.${name}`);
    }),
  );
}

function textProblem(schema: Schema, value: string, path: string): string | null {
  if (value.length < (schema.minLength ?? 0)) return `${path} is too short`;
  if (value.length > (schema.maxLength ?? Infinity)) return `${path} is too long`;
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) return `${path} has another form`;
  return null;
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function firstProblem(problems: readonly (string | null)[]): string | null {
  return problems.find((problem) => problem !== null) ?? null;
}
