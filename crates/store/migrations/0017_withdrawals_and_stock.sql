-- Who decided what about a public note that has no case, and so no journal: whether it is taken back,
-- and whether it may come back. Rows are added and never changed. The reasons are for everyone to read,
-- once enough people have decided.
create table import_decisions (
    slug {text} not null references imports (slug),
    number bigint not null,
    account_id {uuid} not null references accounts (id),
    decided_at bigint not null,
    decision {text} not null,
    primary key (slug, number)
) {strict};

-- What goes out about such a note names it by its slug.
alter table dispatches add column slug {text};

-- CVE IDs that were reserved for no vulnerability yet: one of them is used by entering it on a case.
create table cve_stock (
    cve_id {text} not null primary key,
    account_id {uuid} not null references accounts (id),
    reserved_at bigint not null
) {strict};

-- The IDs of cases that were there before IDs had a table of their own.
-- @sqlite
insert into cve_ids (cve_id, vulnerability_id, case_id)
select json_extract(flaws.value, '$.cve'), unhex(flaws.key, '-'), cases.id
from cases, json_each(cases.state, '$.vulnerabilities') as flaws
where json_extract(flaws.value, '$.cve') is not null
on conflict (cve_id, vulnerability_id) do nothing;
insert into cve_ids (cve_id, vulnerability_id, case_id)
select json_extract(rejected.value, '$.cve'), unhex(flaws.key, '-'), cases.id
from cases, json_each(cases.state, '$.vulnerabilities') as flaws,
    json_each(flaws.value, '$.cve_rejected') as rejected
where true
on conflict (cve_id, vulnerability_id) do nothing;
-- @postgres
insert into cve_ids (cve_id, vulnerability_id, case_id)
select flaws.value ->> 'cve', decode(replace(flaws.key, '-', ''), 'hex'), cases.id
from cases
cross join lateral jsonb_each(cast(cases.state as jsonb) -> 'vulnerabilities') as flaws
where flaws.value ->> 'cve' is not null
on conflict (cve_id, vulnerability_id) do nothing;
insert into cve_ids (cve_id, vulnerability_id, case_id)
select rejected.value ->> 'cve', decode(replace(flaws.key, '-', ''), 'hex'), cases.id
from cases
cross join lateral jsonb_each(cast(cases.state as jsonb) -> 'vulnerabilities') as flaws
cross join lateral jsonb_array_elements(flaws.value -> 'cve_rejected') as rejected
on conflict (cve_id, vulnerability_id) do nothing;
-- @both
