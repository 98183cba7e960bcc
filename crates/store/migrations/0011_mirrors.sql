-- How far each copy of the public site elsewhere is: which edition lies there, since when, and what
-- became of the last try. A copy with which the last try succeeded has no failures.
create table mirrors (
    name {text} not null primary key,
    edition bigint,
    carried_at bigint,
    n_failures bigint not null,
    next_at bigint not null,
    why {text}
) {strict};
