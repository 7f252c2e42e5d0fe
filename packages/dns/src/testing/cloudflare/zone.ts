import { randomBytes } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { refusals } from './api-error.ts';

/** A record as the API shows it since 2025. */
export interface EmulatedRecord {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly proxiable: boolean;
  readonly proxied: boolean;
  readonly ttl: number;
  readonly settings: Readonly<Record<string, never>>;
  readonly meta: Readonly<Record<string, never>>;
  readonly comment: string | null;
  readonly tags: readonly string[];
  readonly created_on: string;
  readonly modified_on: string;
}

/** What a client sends of a record. */
export type RecordInput = Readonly<Record<string, unknown>>;

/** What the zone's plan allows. */
export interface Plan {
  readonly name: 'free' | 'pro' | 'enterprise';
  readonly records: number;
  readonly batch: number;
  readonly commentLimit: number;
  readonly ttlFloorSeconds: number;
}

export const plans: Readonly<Record<Plan['name'], Plan>> = {
  free: { name: 'free', records: 200, batch: 200, commentLimit: 100, ttlFloorSeconds: 60 },
  pro: { name: 'pro', records: 3_500, batch: 3_500, commentLimit: 500, ttlFloorSeconds: 60 },
  enterprise: { name: 'enterprise', records: 3_500, batch: 3_500, commentLimit: 500, ttlFloorSeconds: 30 },
};

/** A random id of the API's form. */
export const makeId = (): string => randomBytes(16).toString('hex');

const proxiable = new Set(['A', 'AAAA', 'CNAME']);
const types = new Set(['A', 'AAAA', 'CNAME', 'TXT']);
const writable = ['type', 'name', 'content', 'ttl', 'proxied', 'comment', 'tags', 'settings'] as const;
const defaults = { ttl: 1, proxied: false, comment: null, tags: [] };

/** The records of one zone, and the rules of its plan. Every operation checks first and changes then, so that a refused one changed nothing. */
export class ZoneRecords {
  readonly plan: Plan;
  readonly zone: string;
  /** Rises with each change that is a change. */
  serial = 1;
  #records = new Map<string, EmulatedRecord>();

  constructor(zone: string, plan: Plan) {
    this.zone = zone;
    this.plan = plan;
  }

  list(): readonly EmulatedRecord[] {
    return [...this.#records.values()];
  }

  get(id: string): EmulatedRecord {
    const record = this.#records.get(id);
    if (record === undefined) throw refusals.noRecord();
    return record;
  }

  create(input: RecordInput): EmulatedRecord {
    const at = new Date().toISOString();
    const dates = { id: makeId(), created_on: at, modified_on: at };
    return this.#hold(this.#check({ ...defaults, ...pick(input) }, dates));
  }

  /** Only what is given changes. */
  patch(id: string, input: RecordInput): EmulatedRecord {
    const before = this.get(id);
    return this.#hold(this.#check({ ...before, ...pick(input) }, this.#datesOf(before)));
  }

  /** What is not given returns to its default; id and creation survive. */
  put(id: string, input: RecordInput): EmulatedRecord {
    return this.#hold(this.#check({ ...defaults, ...pick(input) }, this.#datesOf(this.get(id))));
  }

  remove(id: string): { readonly id: string } {
    this.get(id);
    this.#records.delete(id);
    this.serial += 1;
    return { id };
  }

  /** Deletes, patches, puts, posts, in this order; the first refusal undoes all. */
  batch(input: Readonly<Record<string, unknown>>) {
    const part = (name: string) => (Array.isArray(input[name]) ? (input[name] as RecordInput[]) : []);
    const [deletes, patches, puts, posts] = ['deletes', 'patches', 'puts', 'posts'].map(part);
    const all = [deletes, patches, puts, posts].flatMap((list) => list ?? []);
    if (all.length > this.plan.batch) throw refusals.tooMany(this.plan.batch);
    const before = { records: new Map(this.#records), serial: this.serial };
    const idOf = (one: RecordInput) => `${one['id']}`;
    try {
      return {
        deletes: (deletes ?? []).map((one) => {
          const held = this.get(idOf(one));
          this.remove(held.id);
          return held;
        }),
        patches: (patches ?? []).map((one) => this.patch(idOf(one), one)),
        puts: (puts ?? []).map((one) => this.put(idOf(one), one)),
        posts: (posts ?? []).map((one) => this.create(one)),
      };
    } catch (error) {
      this.#records = before.records;
      this.serial = before.serial;
      throw error;
    }
  }

  /** Gives every record at the name another id, as somebody does who deletes and creates it. */
  renewIds(name: string): void {
    this.#records = new Map(
      this.list().map((record) => {
        const id = record.name === name ? makeId() : record.id;
        return [id, { ...record, id }];
      }),
    );
  }

  #datesOf({ id, created_on }: EmulatedRecord) {
    return { id, created_on, modified_on: new Date().toISOString() };
  }

  #hold(record: EmulatedRecord): EmulatedRecord {
    const before = this.#records.get(record.id);
    this.#records.set(record.id, record);
    const undated = (one: EmulatedRecord | undefined) => JSON.stringify({ ...one, modified_on: '' });
    if (undated(before) !== undated(record)) this.serial += 1;
    return record;
  }

  /** One by one: a batch of thousands asks for each. */
  #othersAt(record: EmulatedRecord): readonly EmulatedRecord[] {
    const others: EmulatedRecord[] = [];
    for (const held of this.#records.values())
      if (held.name === record.name && held.id !== record.id) others.push(held);
    return others;
  }

  #check(input: RecordInput, dates: Pick<EmulatedRecord, 'id' | 'created_on' | 'modified_on'>): EmulatedRecord {
    const record = { ...readRecord(input, this.zone, this.plan), ...dates };
    const others = this.#othersAt(record);
    if (others.some(({ type, content }) => type === record.type && content === record.content))
      throw refusals.identical();
    const isAlone = record.type === 'CNAME';
    if (isAlone && others.some(({ type }) => proxiable.has(type))) throw refusals.hostTaken();
    if (proxiable.has(record.type) && others.some(({ type }) => type === 'CNAME')) throw refusals.cnameTaken();
    const isNew = !this.#records.has(record.id);
    if (isNew && this.#records.size >= this.plan.records) throw refusals.full();
    return record;
  }
}

type Undated = Omit<EmulatedRecord, 'id' | 'created_on' | 'modified_on'>;

function readRecord(input: RecordInput, zone: string, plan: Plan): Undated {
  const { type, name, content, ttl, proxied, comment, tags } = input;
  if (typeof type !== 'string' || !types.has(type)) throw refusals.invalid('the type of record is not known');
  if (typeof name !== 'string' || name === '') throw refusals.invalid('a name is needed');
  if (typeof content !== 'string' || content === '') throw refusals.invalid('content is needed');
  if (type === 'A' && !isIPv4(content)) throw refusals.invalid('content of A is an IPv4 address');
  if (type === 'AAAA' && !isIPv6(content)) throw refusals.invalid('content of AAAA is an IPv6 address');
  if (typeof proxied !== 'boolean') throw refusals.invalid('proxied is true or false');
  if (proxied && !proxiable.has(type)) throw refusals.invalid('this type cannot be proxied');
  if (comment !== null && typeof comment !== 'string') throw refusals.invalid('a comment is text');
  const tooLong = (comment ?? '').length > plan.commentLimit;
  if (tooLong || /[\r\n]/.test(comment ?? '')) throw refusals.invalid('the comment is too long, or has line breaks');
  if (Array.isArray(tags) && tags.length > 0 && plan.name === 'free') throw refusals.invalid('the plan has no tags');
  return {
    ...{ name: absolute(name, zone), type, content, proxiable: proxiable.has(type), proxied },
    ...{ ttl: readTtl(ttl, proxied, plan), settings: {}, meta: {}, tags: Array.isArray(tags) ? tags : [] },
    comment: comment === '' ? null : comment,
  };
}

/** A proxied record with a TTL of its own is refused: whether the real one coerces it is not known, and this finds who relies on it. */
function readTtl(ttl: unknown, proxied: boolean, plan: Plan): number {
  if (typeof ttl !== 'number') throw refusals.invalid('a TTL is a number');
  if (ttl !== 1 && (ttl < plan.ttlFloorSeconds || ttl > 86_400)) throw refusals.badTtl(plan.ttlFloorSeconds);
  if (proxied && ttl !== 1) throw refusals.invalid('the TTL of a proxied record is automatic');
  return ttl;
}

/** A name outside the zone is taken for one relative to it. */
function absolute(name: string, zone: string): string {
  const lower = name.toLowerCase().replace(/\.$/, '');
  if (lower === '@') return zone;
  return lower === zone || lower.endsWith(`.${zone}`) ? lower : `${lower}.${zone}`;
}

function pick(input: RecordInput): RecordInput {
  return Object.fromEntries(writable.filter((field) => field in input).map((field) => [field, input[field]]));
}
