-- Notes that were public before they came here. They have no case, no journal and no key: nothing of
-- them was ever secret here. Their rows in `notes` name the case that has only zeros for an id; here
-- stands by what each is known again when its file comes once more, and what that file was.
create table imports (
    source {text} not null primary key,
    slug {text} not null unique references notes (slug),
    revision bigint not null,
    sha256 {blob} not null,
    imported_at bigint not null
) {strict};
