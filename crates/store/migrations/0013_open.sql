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
