-- What the operator can change while the server runs, by name.
create table settings (
    name {text} not null primary key,
    value {text} not null,
    version bigint not null
) {strict};
