-- Records that others keep of the flaws of published notes, by CVE ID and whose they are: what was
-- seen of each, and when to look again. A row needs a note that is public.
create table external_records (
    cve {text} not null,
    source {text} not null,
    slug {text} not null references notes (slug),
    published_at bigint not null,
    watched_at bigint not null,
    state {text},
    score {text},
    address {text},
    tag {text},
    first_seen_at bigint,
    looked_at bigint,
    next_at bigint,
    why {text},
    primary key (cve, source)
) {strict};
create index external_records_due on external_records (source, next_at) where next_at is not null;
create index external_records_by_note on external_records (slug);

-- Whom the server asked: not again before an instant, and how often in a row they did not answer.
create table external_sources (
    source {text} not null primary key,
    free_at bigint not null,
    n_failed bigint not null
) {strict};
