-- What goes out by a channel of its own once a note is public, or asks a service for something
-- before: each once, tried until it is done or given up. Nothing here tells what a case is about.

create table dispatches (
    id {uuid} not null primary key,
    case_id {uuid} references case_keys (case_id),
    revision bigint not null,
    channel {text} not null,
    target {text} not null,
    what {text} not null,
    state {text} not null,
    written_at bigint not null,
    next_at bigint not null,
    leased_by {text},
    leased_until bigint,
    n_tries bigint not null,
    tried_at bigint,
    done_at bigint,
    outcome {text},
    unique (case_id, revision, channel, target, what)
) {strict};
create index dispatches_waiting on dispatches (channel, next_at, id) where state = 'waiting';
create index dispatches_given_up on dispatches (id) where state = 'given_up';
