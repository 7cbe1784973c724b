#### write a file and read it back
cat > app.py <<'PY'
def main():
    print("hello")
PY
cat app.py | wc -l; grep -n 'def' app.py; sed -n '2p' app.py
#### count lines of code
mkdir -p src; printf 'a\n\n# c\nb\n' >src/a.py; printf 'x\n' >src/b.py; find src -name '*.py' | xargs cat | grep -v '^\s*$' | grep -v '^#' | wc -l
#### top words
echo 'the cat the dog the end cat' | tr ' ' '\n' | sort | uniq -c | sort -rn | head -2 | awk '{print $2, $1}'
#### log analysis
printf '10.0.0.1 GET /a 200\n10.0.0.2 GET /b 500\n10.0.0.1 GET /c 200\n' >log; awk '{print $1}' log | sort | uniq -c | sort -rn | awk '{print $1":"$2}'; awk '$4>=500' log; awk '{s[$4]++} END{for(k in s) print k, s[k]}' log | sort
#### csv
printf 'name,age\nbob,30\namy,25\n' >d.csv; tail -n +2 d.csv | sort -t, -k2n | cut -d, -f1; awk -F, 'NR>1{s+=$2}END{print s/(NR-1)}' d.csv
#### json with jq
echo '{"a":[1,2,{"b":"x"}],"n":null}' | jq -c '.a[2].b, .a|length, .n'; echo '[{"k":"a","v":2},{"k":"b","v":1}]' | jq -r 'sort_by(.v)[]|"\(.k)=\(.v)"'; echo '{"x":1}' | jq '.y="z"'; echo '[1,2,3]' | jq 'map(.*2)|add'; jq -n '{a:1}|keys'; echo '{' | jq . 2>/dev/null; echo $?
#### jq in depth
echo '[{"n":"a","t":["x","y"]},{"n":"b","t":["x"]}]' >f; jq -c '[.[]|select(.t|index("y"))|.n]' f; jq -c 'group_by(.t|length)|map(length)' f; jq -r '.[]|[.n,(.t|join("+"))]|@csv' f; jq -c 'to_entries|map(.key)' f; jq -r '.[0].n|test("^[a-c]$")' f; jq --arg v q -c '.[0]+{z:$v}' f; jq -s length f f; jq -e '.[5]' f; echo $?; jq -c 'reduce .[] as $i (0;.+($i.t|length))' f; jq -c '[paths(type=="string")]|length' f; jq -r '@base64 "\(.[0].n)"' f; jq -c '.[0]|with_entries(.value|=tostring)' f
#### dates
date -u -d @0 +%FT%TZ; date -u -d @1700000000 '+%Y-%m-%d %H:%M:%S %A %j %s'; date -u -d '2024-02-28 +2 days' +%F; TZ=UTC0 date -d '2024-03-10 12:00' +%s; date -u -d '2024-01-01 00:00:00 1 month ago' +%F; date -u -d 'Thu, 01 Jan 1970 00:00:10 GMT' +%s; date -d nonsense 2>/dev/null; echo $?
#### tar
mkdir -p d/e; echo 1 >d/a; echo 2 >d/e/b; ln -s a d/l; tar cf t.tar d; tar tf t.tar | sort; mkdir x; tar xf t.tar -C x; diff -r d x/d && echo same; tar czf t.tgz d; tar tzf t.tgz | wc -l; tar xOf t.tar d/a; tar --exclude=e -cf y.tar d; tar tf y.tar | sort; tar xf none.tar 2>/dev/null; echo $?
#### tar keeps modes and times
echo x >f; chmod 750 f; touch -d '2020-05-06 07:08:09 UTC' f; tar cf t f; rm f; tar xf t; stat -c '%a %Y' f; tar tvf t --utc --numeric-owner | awk '{print $1,$3,$4,$6}'
#### compression
seq 1000 >f; gzip -k f; gzip -l f.gz | tail -1 | awk '{print $2}'; zcat f.gz | tail -1; gunzip -c f.gz | cmp - f && echo gz; bzip2 -k f; bunzip2 -c f.bz2 | cmp - f && echo bz; xz -k f; xz -dc f.xz | cmp - f && echo xz; zstd -q f; zstd -dcq f.zst | cmp - f && echo zst; gzip -t f.gz && echo ok; echo bad >b.gz; gunzip b.gz 2>/dev/null; echo $?
#### cp mv rm ln
mkdir a; echo 1 >a/f; cp -r a b; cp a/f g; mv g h; cat b/f h; ln h i; stat -c %h h; ln -sf a/f s; readlink s; rm -r a; cat s 2>/dev/null; echo $?; rm none 2>/dev/null; echo $?; rm -f none; echo $?; mkdir -p p/q/r; rmdir p/q/r; rmdir -p p/q; ls
#### cp options
echo 1 >a; chmod 700 a; touch -d 2001-01-01 a; cp -p a b; stat -c '%a %Y' b; cp -n a b; echo 2 >b; cp -u b a; cat a; mkdir d; cp a b d; ls d; cp -t d a; cp --backup=numbered a b; ls; cp d x 2>/dev/null; echo $?; ln -s a l; cp -P l m; readlink m; cp l n; [ -L n ] || echo file
#### mv over and into
echo 1 >a; echo 2 >b; mv -f a b; cat b; mkdir d; mv b d; ls d; mkdir e; mv d e; ls e; mv none x 2>/dev/null; echo $?; mv -n e/d/b . && ls; touch x; mv -t e x; ls e
#### install, mktemp, touch
install -m 755 /dev/null prog; stat -c %a prog; install -d a/b; [ -d a/b ] && echo dir; f=$(mktemp ./tXXXX); [ -f $f ] && stat -c %a $f; d=$(mktemp -d -p .); [ -d $d ] && stat -c %a $d; touch -c none; ls none 2>/dev/null; touch -r prog ref; [ prog -nt ref ] || echo same
#### chmod
touch f; chmod 644 f; chmod u+x,g-r,o=rw f; stat -c '%a %A' f; chmod a-w f; stat -c %a f; chmod +X f; chmod -R go= .; stat -c %a f; chmod 4755 f; stat -c %A f; chmod 1777 .; stat -c %A .; chmod nonsense f 2>/dev/null; echo $?
#### stat formats
printf 12345 >f; chmod 600 f; touch -d @1000000000 f; stat -c '%n %s %F %a %Y %h %U' f; mkdir d; stat -c '%F' d; ln -s f l; stat -c '%N %F' l; stat -Lc %F l; stat -c %F /dev/null
#### readlink and realpath
mkdir -p a/b; ln -s a/b l; ln -s l m; readlink m; basename $(readlink -f m); realpath --relative-to=. a/b/../b; realpath -m --relative-to=. none/x; basename /a/b.txt .txt; dirname /a/b/c; ln -s loop loop; readlink -f loop; echo $?
#### environment
env -i A=1 sh -c 'echo $A ${HOME-none}'; env X=1 sh -c 'echo $X'; env -u HOME sh -c 'echo ${HOME-none}'; printenv NOSUCH; echo $?; export Q='a b'; printenv Q; env | grep ^Q=
#### a config file edited in place
printf 'port=80\nhost=x\n' >c; sed -i 's/^port=.*/port=8080/' c; grep -q ^debug= c || echo debug=1 >>c; cat c; while IFS='=' read -r k v; do declare "cfg_$k=$v"; done <c; echo $cfg_port
#### parallel jobs with status
for i in 1 2 3; do (sleep .0$i; exit $i) & pids[$i]=$!; done; for i in 1 2 3; do wait ${pids[$i]}; echo $?; done
#### a retry loop
n=0; until [ $n -ge 3 ] || (exit $((n<2))); do n=$((n+1)); done; echo $n
#### a lock directory
lock() { mkdir lock 2>/dev/null; }; lock && echo got; lock || echo busy; rmdir lock; lock && echo again
#### flock
(flock -n 9 && echo locked; flock -n f true || echo busy) 9>f; flock f echo free; exec 9>f; flock -s 9; (flock -n -x 8 || echo shared) 8<f; flock -u 9
#### progress on stderr, data on stdout
f() { for i in 1 2; do echo "step $i" >&2; echo $i; done; }; x=$(f 2>/dev/null); echo $x; f 2>&1 >/dev/null | wc -l
#### template with envsubst-like sed
export NAME=bob; printf 'hi {{NAME}}\n' | sed "s/{{NAME}}/$NAME/"; eval "cat <<E
hi \$NAME
E"
#### python
python3 -c 'print(sum(range(10)))'; python3 - <<'P'
import json,sys
print(json.dumps({"a":[1,2]}, sort_keys=True)); sys.exit(3)
P
echo $?; echo '[1,2]' | python3 -c 'import sys,json; print(len(json.load(sys.stdin)))'; python3 -c 'import subprocess; print(subprocess.run(["echo","x"],capture_output=True,text=True).stdout)'; python3 -c 'raise SystemExit("msg")' 2>&1; echo $?
#### sqlite
sqlite3 d.db 'create table t(a int, b text); insert into t values(1,"x"),(2,"y"); select sum(a), group_concat(b) from t;'; sqlite3 -header -csv d.db 'select * from t where a>1'; sqlite3 d.db .tables
#### make
printf 'all: out\nout: in\n\tcp in out\n\t@echo built\nclean:\n\trm -f out\n.PHONY: all clean\n' >Makefile; echo x >in; make; make; make clean; make nosuch 2>/dev/null; echo $?
#### make variables and rules
printf 'S=a b\nall: $(S:%%=%%.o)\n%%.o:\n\t@echo make $@\nfail:\n\t@false\n.PHONY: all fail\n' >Makefile; make; make fail 2>/dev/null; echo $?; make -n all | head -2; make -j2 | sort; make X=1 -p 2>/dev/null | grep -c '^X = 1'
#### git
git init -q -b main r; cd r; git config user.email a@b; git config user.name n; echo 1 >f; git add f; git commit -qm first; echo 2 >>f; git diff --stat | tail -1; git commit -qam second; git log --format=%s; git checkout -qb br; echo 3 >g; git add g; git commit -qm third; git checkout -q main; ls; git merge -q br; ls; git status --short | wc -l; git show HEAD:f; git log --oneline | wc -l
#### git undo
git init -q -b main r; cd r; git config user.email a@b; git config user.name n; echo 1 >f; git add .; git commit -qm 1; echo 2 >f; git stash -q; cat f; git stash pop -q; cat f; git checkout -q f; cat f; git tag v1; git describe; echo 9 >f; git commit -qam 9; git revert --no-edit HEAD >/dev/null; cat f; git reset -q --hard v1; git log --oneline | wc -l; git blame f | wc -l; git grep -c 1
#### find the largest file
printf %0300d 0 >big; printf %010d 0 >small; find . -type f -printf '%s %f\n' | sort -rn | head -1; ls -S | head -1; du -b big | cut -f1
#### replace in many files
mkdir s; for i in 1 2 3; do echo "old $i" >s/$i; done; grep -rl old s | sort | xargs sed -i 's/old/new/'; cat s/*
#### rename many files
touch a.txt b.txt; for f in *.txt; do mv "$f" "${f%.txt}.md"; done; ls
#### read a file by fields
printf 'root:x:0\nuser:y:1000\n' | while IFS=: read -r n _ id; do [ $id -ge 1000 ] && echo $n; done
#### hex, octal, binary conversions
printf '%d\n' 0xff 0777; printf '%x\n' 255; echo 'obase=2; 10' | bc; echo $((2#1010)); printf '\x41\n'; echo 'ibase=16; FF' | bc
#### random data has the right size
head -c 1000 /dev/urandom | wc -c; head -c 16 /dev/urandom | xxd -p | wc -c; [ "$(head -c 8 /dev/urandom | xxd -p)" != "$(head -c 8 /dev/urandom | xxd -p)" ] && echo differ
#### heredoc script with arguments
bash -s a b <<'E'
echo $# $2
exit 4
E
echo $?
#### whoami and ids
[ "$(id -u)" = "$UID" ] && echo ok; [ "$(whoami)" = "$(id -un)" ] && echo ok; id -gn >/dev/null && echo ok; groups >/dev/null && echo ok
#### tools exist
for c in awk sed grep find xargs sort uniq cut tr head tail wc jq tar gzip diff patch git make python3 sqlite3 bc xxd file less tree; do command -v $c >/dev/null || echo "no $c"; done; echo checked
#### watch a file grow
(for i in 1 2 3; do echo $i >>f; sleep .02; done) & sleep .2; timeout .5 tail -n +1 -f f; wait; echo end
#### file(1)
printf '#!/bin/sh\n' >s; printf 'text\n' >t; printf '\x89PNG\r\n\x1a\n' >p; : >e; file -b s t e | cut -c1-30; file -b --mime-type t
#### tree(1)
mkdir -p a/b; touch a/f a/b/g; tree a --noreport; tree -L 1 a | tail -1
#### here and there: bc loops
echo 'for (i=0;i<3;i++) i^2' | bc; echo 'define f(x) { if (x<2) return 1; return x*f(x-1); } f(30)' | bc
#### expect nothing left behind
sleep 0.01 & wait; jobs; ls -A
#### deep directories
p=.; for i in {1..60}; do p=$p/d; done; mkdir -p $p; find . -type d | wc -l; (cd $p && pwd | tr -cd d/ | wc -c >/dev/null); rm -r d; ls
#### long command lines
set -- $(seq 1 20000); echo $# | cat; echo "$@" | wc -c; printf '%s\n' "$@" | tail -1; /bin/echo "$@" | wc -w
#### long variable
x=$(head -c 20000 /dev/zero | tr '\0' a); echo ${#x}; y=${x//a/bb}; echo ${#y}; echo "$y" | wc -c
#### a state machine in pure bash
s=start; for w in a b b c; do case $s-$w in start-a) s=A;; A-b) s=B;; B-b) :;; B-c) s=end;; esac; echo $s; done
#### url decoding
d() { : "${1//+/ }"; printf '%b\n' "${_//%/\\x}"; }; d 'a%20b+c%21'
#### sum of a column with bash only
t=0; while read -r _ n; do ((t+=n)); done <<E
a 1
b 22
E
echo $t
#### transpose with awk
printf '1 2\n3 4\n' | awk '{for(i=1;i<=NF;i++) a[i]=a[i] (NR>1?" ":"") $i} END {for(i=1;i in a;i++) print a[i]}'
#### permissions are enforced for a user
touch f; chmod 600 f; mkdir d; chmod 755 .; su nobody -s /bin/sh -c 'cat f' 2>/dev/null; echo $(($?!=0))
