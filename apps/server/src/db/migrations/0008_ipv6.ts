import { type Kysely, sql } from 'kysely';

/**
 * AAAA beside A (PRODUCT.md section 4, *Cases*; R20): names, members and promotions have both families. Rows that were there keep their
 * meaning: names are A, proxied as they are, no member has an IPv6 address that a record may hold, and each promotion was to an IPv4 one.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const address6 = (column: string) => `${column} inet CHECK (family(${column}) = 6 AND masklen(${column}) = 128)`;

const statements: readonly string[] = [
  // A name may have both types, each with its own row and publication. proxied: a person's wish; null = as it is.
  `ALTER TABLE dns_binding
    DROP CONSTRAINT dns_binding_type_check,
    ADD CONSTRAINT dns_binding_type_check CHECK (type IN ('A', 'AAAA')),
    DROP CONSTRAINT dns_binding_name_key,
    ADD CONSTRAINT dns_binding_name_type_key UNIQUE (name, type),
    ADD COLUMN proxied boolean`,
  // A name is unique over all pools still, whatever its types; whoever comes second waits for the first one's end.
  `CREATE FUNCTION keep_name_in_pool() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('dns_binding ' || NEW.name, 0));
    IF EXISTS (SELECT 1 FROM dns_binding WHERE name = NEW.name AND pool_id <> NEW.pool_id) THEN
      RAISE EXCEPTION 'another pool manages % already', NEW.name USING ERRCODE = 'unique_violation', CONSTRAINT = 'dns_binding_name_pool';
    END IF;
    RETURN NEW; END $$`,
  `CREATE TRIGGER dns_binding_name_pool BEFORE INSERT OR UPDATE OF name, pool_id ON dns_binding
    FOR EACH ROW EXECUTE FUNCTION keep_name_in_pool()`,

  `ALTER TABLE member ADD COLUMN ${address6('public_ipv6')}, ADD COLUMN ${address6('reported_ipv6')}`,
  // Two members behind one address cannot be told apart in DNS, whoever said the address.
  `CREATE UNIQUE INDEX member_public_ipv6_key ON member (coalesce(public_ipv6, reported_ipv6)) WHERE removed_at IS NULL`,
  `ALTER TABLE member_liveness ADD COLUMN declared_ipv6 text`,

  // What becomes of an AAAA beside an A when the next active member has no IPv6 address.
  `ALTER TABLE pool ADD COLUMN ipv6 text NOT NULL DEFAULT 'drop' CHECK (ipv6 IN ('drop', 'require'))`,

  // R20: a promotion names at least one address.
  `ALTER TABLE promotion
    ALTER COLUMN address DROP NOT NULL,
    ADD COLUMN ${address6('address6')},
    ADD CONSTRAINT promotion_address_given CHECK (address IS NOT NULL OR address6 IS NOT NULL)`,
  // Both types of one name are measured. A process of the version before writes A without saying so.
  `ALTER TABLE promotion_step
    ADD COLUMN type text NOT NULL DEFAULT 'A' CHECK (type IN ('A', 'AAAA')),
    DROP CONSTRAINT promotion_step_pkey,
    ADD PRIMARY KEY (promotion_id, step, name, type)`,
];
