-- The codes that somebody printed, each good once in place of a code of the second factor. Only
-- hashes made with the pepper are kept, and a code that was used is gone.
create table recovery_codes (
    account_id {uuid} not null references accounts (id),
    hash {blob} not null,
    primary key (account_id, hash)
) {strict};
