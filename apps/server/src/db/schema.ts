import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/** The tables as kysely sees them; migrations are the law, this follows. bigint columns are parsed to number: ours stay below 2^53. */
export interface Database {
  setting: { key: string; value: Json; changed_at: Stamp };
  pool: {
    id: string;
    name: string;
    preset: string;
    failover_delay_ms: number;
    haproxy_grace_ms: number;
    automatic_failover: Generated<boolean>;
    failback: Json;
    active_member_id: string | null;
    epoch: Generated<number>;
    held_at: Date | null;
    acknowledged_at: Date | null;
    acknowledged_epoch: Generated<number>;
    maintenance_from: Date | null;
    maintenance_until: Date | null;
    maintenance_reason: string | null;
    paused_at: Date | null;
    paused_because: string | null;
    paused_sentence: string | null;
    paused_epoch: GeneratedAlways<number | null>;
    seen_epoch: Generated<number>;
    created_at: Stamp;
  };
  member: {
    id: string;
    pool_id: string;
    hostname: string;
    previous_hostname: string | null;
    previous_hostname_until: Date | null;
    allowed_egress: string[];
    public_ipv4: string | null;
    reported_ipv4: string | null;
    template: string;
    monitored: boolean;
    units: string[];
    priority: number;
    zone: Generated<string>;
    last_boot: Generated<number>;
    boot_lines: ColumnType<readonly unknown[], string | undefined, string>;
    maintenance_from: Date | null;
    maintenance_until: Date | null;
    maintenance_reason: string | null;
    quarantined_at: Date | null;
    quarantine_reason: string | null;
    created_at: Stamp;
    removed_at: Date | null;
  };
  member_key: { id: string; member_id: string; public_key: Buffer; enrolled_at: Stamp; revoked_at: Date | null };
  enrollment: {
    id: string;
    member_id: string;
    secret_hash: Buffer;
    created_at: Stamp;
    expires_at: Date;
    used_at: Date | null;
    replaced_at: Date | null;
  };
  member_liveness: {
    member_id: string;
    listener_id: string;
    boot: number;
    seq: number;
    heard_at_ms: number;
    heard_at: Date;
    report: Json;
    declared_ipv4: string | null;
    seen_ip: string;
    hostname: string;
    agent_version: string;
    refusal: Json | null;
    traffic: Json | null;
    traffic_at: Date | null;
    change_no: number;
  };
  listener: { id: string; watermark_ms: number; written_at: Date };
  pool_status: { pool_id: string; judgement: Json; evidence: Json; frozen_ticks: number; at: Date };
  dns_credential: {
    id: string;
    name: string;
    provider: string;
    settings: Json;
    secret: Buffer;
    version: Generated<number>;
    created_at: Stamp;
  };
  dns_binding: {
    id: string;
    pool_id: string;
    name: string;
    zone: string;
    type: Generated<string>;
    ttl_seconds: number;
    credential_id: string;
    take_over: Generated<boolean>;
    state: Generated<string>;
    published_epoch: Generated<number>;
    published_address: string | null;
    servers: ColumnType<unknown, string | undefined, string>;
    error: Json | null;
    changed_at: Date | null;
    created_at: Stamp;
  };
  promotion: {
    id: string;
    pool_id: string;
    epoch: number;
    kind: string;
    cause: string;
    from_member_id: string | null;
    to_member_id: string;
    address: string;
    sentence: string;
    actor: string;
    reason: string | null;
    last_heartbeat_at: Date | null;
    detected_at: Date | null;
    decided_at: Stamp;
    unbraked: Generated<boolean>;
  };
  promotion_evidence: { promotion_id: string; evidence: Json; decision: Json };
  promotion_step: { promotion_id: string; step: string; name: string; at: Stamp };
  decision: {
    seq: GeneratedAlways<number>;
    id: ColumnType<string | null, string, never>;
    pool_id: string;
    at: Stamp;
    decision: Json;
    sentence: string;
    evidence: Json;
  };
  brake_release: {
    seq: GeneratedAlways<number>;
    released_at: Stamp;
    until_at: Date;
    ended_at: Date | null;
    actor: string;
    reason: string;
  };
  event: {
    seq: GeneratedAlways<number>;
    at: Stamp;
    kind: string;
    severity: string;
    pool_id: string | null;
    member_id: string | null;
    sentence: string;
    details: Json;
  };
  audit_entry: {
    seq: GeneratedAlways<number>;
    at: Stamp;
    actor: string;
    action: string;
    target: string;
    pool_id: string | null;
    reason: string | null;
    request_id: string | null;
    details: Json;
  };
  lease: {
    name: string;
    holder: string | null;
    term: Generated<number>;
    renewals: Generated<number>;
    renewed_at: Date | null;
  };
  notification_channel: {
    id: string;
    kind: string;
    origin: string;
    secret: Buffer;
    version: Generated<number>;
    created_at: Stamp;
  };
}

/** Written as JSON text, read as parsed JSON of unknown shape: parse at the edge. */
type Json = ColumnType<unknown, string, string>;
type Stamp = ColumnType<Date, Date | undefined, Date>;
