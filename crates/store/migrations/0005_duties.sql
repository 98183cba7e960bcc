-- What duties need to be fair and to clean up.

-- Cases with which a duty failed: how long it last paused, in microseconds, and when it tries
-- again. A case with which it succeeds is taken out.
create table setbacks (
    duty {text} not null,
    case_id {uuid} not null,
    pause bigint not null,
    next_at bigint not null,
    primary key (duty, case_id)
) {strict};
create index setbacks_by_time on setbacks (next_at);

-- Blobs that no row may tell of: the name stands here before the bytes are kept, and goes when a
-- row of an attachment tells of them. What stays is swept.
create table loose_blobs (
    blob {text} not null primary key,
    noted_at bigint not null
) {strict};
create index loose_blobs_by_time on loose_blobs (noted_at);

-- What runs out is found by when it does.
create index links_by_end on links (valid_until);
create index sessions_by_end on sessions (expires_at);
create index invitations_by_end on invitations (expires_at);

-- Cases in which vendors may be silent, and reports that nobody has acknowledged.
create index cases_open on cases (id) where closed = 0 and n_vendors > 0;
create index cases_unacknowledged on cases (received_at)
    where acknowledged = 0 and phase = 'report';

-- A list of one phase is short among many cases.
create index cases_by_phase on cases (phase, updated_at, id);
