-- What the server knows, by noun. Columns that hold words, people or secrets are sealed (AEAD);
-- what lists sort and filter by is plain: ids, states, instants.

-- The root of a case: without its key nothing that people wrote in it can be read again.
create table case_keys (
    case_id {uuid} not null primary key,
    wrapped {blob} not null
) {strict};

-- What happened, appended and never edited. `entry` is the text that was hashed, with its hash.
create table journal (
    case_id {uuid} not null,
    seq bigint not null,
    id {uuid} not null,
    kind {text} not null,
    recorded_at bigint not null,
    entry {text} not null,
    primary key (case_id, seq)
) {strict};

-- What the journal adds up to. Can be thrown away and made again from it.
create table cases (
    id {uuid} not null primary key,
    version bigint not null,
    head_hash {text} not null,
    number {text} unique,
    reference {text} not null unique,
    report_id {uuid} not null unique,
    phase {text} not null,
    assignee {uuid},
    title_body {uuid} not null,
    received_at bigint not null,
    updated_at bigint not null,
    embargo_end bigint,
    publishes_at bigint,
    due_at bigint,
    closed bigint not null,
    acknowledged bigint not null,
    n_vendors bigint not null,
    state {text} not null
) {strict};
create index cases_by_activity on cases (updated_at, id);
create index cases_by_assignee on cases (assignee, updated_at, id);
create index cases_by_due on cases (due_at, id) where due_at is not null;

create table participations (
    participant_id {uuid} not null primary key,
    case_id {uuid} not null,
    organization_id {uuid},
    engaged bigint not null,
    admitted bigint not null
) {strict};
create index participations_by_case on participations (case_id);
create index participations_by_organization on participations (organization_id, case_id)
    where organization_id is not null;

-- Salt and words sealed together; `seal` is the commitment that the journal holds as well.
create table bodies (
    id {uuid} not null primary key,
    case_id {uuid} not null references case_keys (case_id),
    seal {text} not null,
    sealed {blob}
) {strict};
create index bodies_by_case on bodies (case_id);

create table reporters (
    report_id {uuid} not null primary key,
    case_id {uuid} not null,
    wrapped {blob},
    sealed {blob}
) {strict};
create index reporters_by_case on reporters (case_id);

create table receipts (
    lookup {blob} not null primary key,
    report_id {uuid} not null,
    case_id {uuid} not null
) {strict};

create table links (
    hash {blob} not null primary key,
    case_id {uuid} not null,
    participant_id {uuid} not null,
    made_at bigint not null,
    valid_until bigint not null
) {strict};
create index links_by_participant on links (case_id, participant_id);

-- A letter of a case is sealed with the key of the case, another one with a key of its own.
create table letters (
    id {uuid} not null primary key,
    case_id {uuid} references case_keys (case_id),
    participant_id {uuid},
    wrapped {blob},
    matter {text} not null,
    address {blob} not null,
    subject {blob} not null,
    body {blob} not null,
    message_id {text} not null unique,
    state {text} not null,
    written_at bigint not null,
    next_at bigint not null,
    leased_by {text},
    leased_until bigint,
    n_tries bigint not null,
    sent_at bigint,
    tried_at bigint,
    why {text}
) {strict};
create index letters_waiting on letters (next_at, id) where state = 'waiting';
create index letters_by_case on letters (case_id, written_at, id);
create index letters_by_age on letters (written_at, id);

create table organizations (
    id {uuid} not null primary key,
    name {text} not null,
    name_key {text} not null unique,
    kinds {text} not null,
    homepage {text},
    policy_url {text},
    cna bigint not null,
    time_zone {text},
    language {text},
    note {text}
) {strict};

create table organization_tags (
    organization_id {uuid} not null references organizations (id),
    tag {text} not null,
    primary key (organization_id, tag)
) {strict};
create index organization_tags_by_tag on organization_tags (tag, organization_id);

create table contacts (
    id {uuid} not null primary key,
    organization_id {uuid} not null references organizations (id),
    kind {text} not null,
    value {text} not null,
    preferred bigint not null,
    verified_at bigint,
    state {text} not null
) {strict};
create index contacts_by_organization on contacts (organization_id);

create table openpgp_keys (
    fingerprint {text} not null primary key,
    organization_id {uuid} not null references organizations (id),
    contact_id {uuid} references contacts (id),
    certificate {blob} not null,
    expires_at bigint,
    revoked bigint not null,
    source {text} not null
) {strict};
create index openpgp_keys_by_organization on openpgp_keys (organization_id);

create table products (
    id {uuid} not null primary key,
    organization_id {uuid} not null references organizations (id),
    name {text} not null,
    purl {text},
    cpe {text}
) {strict};
create index products_by_organization on products (organization_id, name, id);

create table product_relations (
    product_id {uuid} not null references products (id),
    kind {text} not null,
    other_id {uuid} not null references products (id),
    primary key (product_id, kind, other_id)
) {strict};
create index product_relations_by_other on product_relations (other_id);

create table accounts (
    id {uuid} not null primary key,
    address {text} not null,
    address_key {text} not null unique,
    name {text} not null,
    password {text} not null,
    staff {text},
    totp_wrapped {blob},
    totp_sealed {blob},
    totp_step bigint not null,
    created_at bigint not null,
    disabled_at bigint
) {strict};

create table memberships (
    account_id {uuid} not null references accounts (id),
    organization_id {uuid} not null references organizations (id),
    kind {text} not null,
    primary key (account_id, organization_id)
) {strict};
create index memberships_by_organization on memberships (organization_id);

create table sessions (
    hash {blob} not null primary key,
    account_id {uuid} not null references accounts (id),
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null,
    stepped_up_at bigint,
    organization_id {uuid}
) {strict};
create index sessions_by_account on sessions (account_id, created_at);

create table invitations (
    hash {blob} not null primary key,
    kind {text} not null,
    address {text},
    expires_at bigint not null,
    used_at bigint
) {strict};

create table policies (
    version bigint not null primary key,
    policy {text} not null,
    made_by {uuid},
    made_at bigint not null
) {strict};

-- What is public. These two refer to no other table, so that the public site can have a role
-- that reads nothing else.
create table notes (
    slug {text} not null primary key,
    number {text} not null unique,
    case_id {uuid} not null,
    title {text} not null,
    published_at bigint not null,
    updated_at bigint not null,
    revision bigint not null,
    n_vendors bigint not null,
    document {text} not null
) {strict};
create index notes_by_publication on notes (published_at, slug);

create table artefacts (
    slug {text} not null references notes (slug),
    revision bigint not null,
    format {text} not null,
    media_type {text} not null,
    sha256 {blob} not null,
    bytes {blob} not null,
    primary key (slug, revision, format)
) {strict};

create table leases (
    name {text} not null primary key,
    node {text} not null,
    valid_until bigint not null
) {strict};

create table tries (
    key {text} not null,
    window_start bigint not null,
    n bigint not null,
    primary key (key, window_start)
) {strict};
create index tries_by_window on tries (window_start);
