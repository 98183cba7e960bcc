-- The files of notes that wait for their instant: made, checked and signed, and sealed until then
-- with the key of their case.
create table prepared_notes (
    case_id {uuid} not null primary key,
    case_version bigint not null,
    publishes_at bigint not null,
    prepared_at bigint not null,
    looked_at bigint not null,
    made_from {blob} not null
) {strict};
create table prepared_files (
    case_id {uuid} not null references prepared_notes (case_id),
    format {text} not null,
    media_type {text} not null,
    sealed {blob} not null,
    primary key (case_id, format)
) {strict};
create index cases_armed on cases (publishes_at, id) where publishes_at is not null;
