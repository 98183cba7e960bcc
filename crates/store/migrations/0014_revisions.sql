-- Every revision of a note that was public, for readers who want to know what changed.
create table note_revisions (
    slug {text} not null references notes (slug),
    revision bigint not null,
    published_at bigint not null,
    document {text} not null,
    primary key (slug, revision)
) {strict};
insert into note_revisions (slug, revision, published_at, document)
select slug, revision, updated_at, document from notes;
