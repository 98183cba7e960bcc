-- Which vendors and products a published note names, by the last part of their address.
create table note_subjects (
    kind {text} not null,
    place {text} not null,
    published_at bigint not null,
    slug {text} not null references notes (slug),
    name {text} not null,
    primary key (kind, place, published_at, slug)
) {strict};
create index note_subjects_by_note on note_subjects (slug);

-- The GCVE id of a flaw of a published note: given once, and never two to one flaw.
create table gcve_ids (
    id {text} not null primary key,
    slug {text} not null references notes (slug),
    ordinal bigint not null,
    unique (slug, ordinal)
) {strict};
create index notes_by_change on notes (updated_at, slug);

-- `security.txt` with the signature around it, what was signed without its end, and that end.
create table published_security (
    one bigint not null primary key,
    content {text} not null,
    expires_at bigint not null,
    signed {text} not null
) {strict};

-- Secret addresses of calendars: the hash of each, and for whom it is. One for each of them.
create table calendars (
    hash {blob} not null primary key,
    account_id {uuid} unique references accounts (id),
    case_id {uuid},
    participant_id {uuid} unique,
    made_at bigint not null
) {strict};
