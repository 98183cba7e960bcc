-- CVE IDs: which flaw CVE Services were asked to reserve one for, and which flaw has which. An ID
-- of a case that is not public says nothing of what it is for.

-- A row is there before the service is asked, so that an answer that was lost on its way is looked
-- for before anybody asks again. One flaw has one reservation, and no ID is in two.
create table cve_reservations (
    vulnerability_id {uuid} not null primary key,
    case_id {uuid} not null references case_keys (case_id),
    asked_at bigint not null,
    cve_id {text} unique,
    answered_at bigint
) {strict};
create index cve_reservations_open on cve_reservations (asked_at) where cve_id is null;

-- Every ID that a flaw has or had, reserved by this server or typed in.
create table cve_ids (
    cve_id {text} not null,
    vulnerability_id {uuid} not null,
    case_id {uuid} not null references case_keys (case_id),
    primary key (cve_id, vulnerability_id)
) {strict};
create index cve_ids_by_case on cve_ids (case_id);

-- Of an organisation that assigns CVE IDs: for what, in words, and where it takes requests.
alter table organizations add column cna_scope {text};
alter table organizations add column cna_requests {text};
