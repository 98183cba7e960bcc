-- Programs of subscribers that are told when something becomes public, and what came of each try.
-- Address and secrets are sealed, with a key for each subscription: an address may hold a secret.

create table webhooks (
    id {uuid} not null primary key,
    wrapped {blob} not null,
    address {blob} not null,
    secret {blob} not null,
    old_secret {blob},
    old_until bigint,
    host {text} not null,
    events {text} not null,
    state {text} not null,
    made_by {uuid} not null references accounts (id),
    made_at bigint not null,
    changed_at bigint not null,
    failing_since bigint
) {strict};
create index webhooks_in_order on webhooks (made_at, id);

-- One row for each try, kept for a while. What is told is public already.
create table webhook_tries (
    id {uuid} not null primary key,
    webhook_id {uuid} not null references webhooks (id),
    dispatch_id {uuid},
    event {text} not null,
    note {text},
    revision bigint,
    tried_at bigint not null,
    took_ms bigint not null,
    status bigint,
    taken bigint not null,
    words {text} not null
) {strict};
create index webhook_tries_of on webhook_tries (webhook_id, tried_at, id);
create index webhook_tries_by_time on webhook_tries (tried_at);

-- What one subscriber was sent is found by the subscriber.
create index dispatches_by_target on dispatches (channel, target, written_at);

-- What is told of a note is found by its case.
create index notes_by_case on notes (case_id);
