rm -rf /tmp/sq; mkdir -p /tmp/sq; cd /tmp/sq; rm -f t.db*
sqlite3 t.db "create table t(a integer primary key,b text); insert into t(b) values('x'),('y'),('z'); select * from t where b>'x'; select count(*), sum(a), group_concat(b) from t;"
printf 'id,n\n1,a\n2,b\n' >in.csv; sqlite3 t.db -cmd '.mode csv' '.import in.csv c' 'select * from c'
sqlite3 -json t.db 'select * from c'; sqlite3 -box t.db 'select * from t'; sqlite3 -header -column t.db 'select * from t'; sqlite3 t.db .schema .dump
sqlite3 t.db 'pragma integrity_check; pragma page_size; vacuum; pragma journal_mode;'
sqlite3 t.db "create virtual table f using fts5(x); insert into f values('hello world'),('other text'); select * from f where f match 'hello'; select json_extract('{\"a\":[1,2]}','\$.a[1]'); select sqrt(2), printf('%.3f',pi()), date('2024-02-29','+1 year'); with recursive c(n) as (select 1 union all select n+1 from c where n<10) select sum(n) from c; select row_number() over (order by b desc), b from t;"
sqlite3 t.db '.system echo sys' '.once |cat -n' 'select b from t'
sqlite3 t.db "begin; insert into t(b) select b from t, (with recursive c(n) as (select 1 union all select n+1 from c where n<2000) select n from c); commit; create index i on t(b); select b,count(*) from t group by b; explain query plan select * from t where b='x';"
sqlite3 t.db '.save u.db' ; sqlite3 u.db 'select count(*) from t'; sqlite3 t.db '.archive -c -f a.zip in.csv' 2>&1; sqlite3 t.db '.sha3sum' ; sqlite3 t.db 'selec' ; echo rc $?
