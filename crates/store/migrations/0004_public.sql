-- What public pages need besides the notes, so that they never open a private table.

-- The part of the policy in force that everyone may read.
create table published_policy (
    one bigint not null primary key,
    version bigint not null,
    policy {text} not null
) {strict};
-- @sqlite
insert into published_policy (one, version, policy)
select 1, version, json_object('version', version, 'prefix', json_extract(policy, '$.prefix'),
    'embargo', json_extract(policy, '$.embargo'),
    'promptness', json_extract(policy, '$.promptness'),
    'publication', json_extract(policy, '$.publication'))
from policies where version = (select max(version) from policies);
-- @postgres
insert into published_policy (one, version, policy)
select 1, version, cast(json_build_object('version', version,
    'prefix', cast(policy as json) -> 'prefix', 'embargo', cast(policy as json) -> 'embargo',
    'promptness', cast(policy as json) -> 'promptness',
    'publication', cast(policy as json) -> 'publication') as text)
from policies where version = (select max(version) from policies);
-- @both

-- Counts up in the transaction that changes what is public: an answer made before is out of date.
create table public_edition (
    one bigint not null primary key,
    n bigint not null
) {strict};

-- The words by which a published note is found, written when it is published.
create table note_terms (
    term {text} not null,
    slug {text} not null references notes (slug),
    about {text} not null,
    primary key (term, slug, about)
) {strict};
create index note_terms_by_note on note_terms (slug);
