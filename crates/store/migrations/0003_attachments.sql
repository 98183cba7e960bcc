-- Where the bytes of an attachment lie. They are sealed with the key of the case before they leave
-- the house; length and hash are those of the sealed bytes, so that a copy can be checked without
-- any key. The name is drawn at random, and is null once the bytes were erased.
create table attachments (
    id {uuid} not null primary key,
    case_id {uuid} not null references case_keys (case_id),
    blob {text} unique,
    bytes bigint not null,
    sha256 {blob} not null
) {strict};
create index attachments_by_case on attachments (case_id);
