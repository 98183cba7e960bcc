-- The certificate that the server's signatures are checked with, for everyone to fetch.
create table published_key (
    one bigint not null primary key,
    fingerprint {text} not null,
    certificate {text} not null
) {strict};
