#!/bin/bash
# What an agent does in a working day, and then a few things that it must not do. `make run` runs it in a sandbox:
# examples/data is at /data, read-only; there are limits on processes, memory and time.
set -euo pipefail

heading() { printf '\n== %s\n' "$1"; }
work=$(mktemp -d)
cd "$work"

heading 'git: a repository, two branches, a merge'
export GIT_AUTHOR_NAME=agent GIT_AUTHOR_EMAIL=agent@example.org
export GIT_COMMITTER_NAME=agent GIT_COMMITTER_EMAIL=agent@example.org
git init -q -b main report && cd report
printf 'orders report\n' > README
git add README && git commit -q -m 'Start the report'
git checkout -q -b totals
cat > totals.awk <<'AWK'
BEGIN { FS = "," }
NR > 1 { total[$2] += $4 * $5 }
END { for (name in total) printf "%s %.2f\n", name, total[name] }
AWK
git add totals.awk && git commit -q -m 'Sum orders by customer'
git checkout -q main
printf 'see totals.awk\n' >> README
git commit -q -a -m 'Point to the sums'
git merge -q -m 'Merge the sums' totals
git log --oneline | wc -l
git log --format='%an %s' | sort
git diff --stat HEAD~1 | tail -n 1
git status --short | wc -l

heading 'make: a build in steps, and only what changed is built again'
cat > Makefile <<'MAKE'
parts := header.txt totals.txt footer.txt
report.txt: $(parts)
	cat $^ > $@
	@echo "built $@"
totals.txt: totals.awk /data/orders.csv
	awk -f totals.awk /data/orders.csv | sort > $@
header.txt footer.txt:
	printf -- '---- %s ----\n' $(basename $@) > $@
.PHONY: check
check: report.txt
	test "$$(wc -l < report.txt)" -eq 6
	@echo checked
MAKE
make
make check
make report.txt
touch totals.awk && make
cat report.txt

heading 'pipes: awk, sort, uniq, join, sed, grep, tr'
cut -d, -f3 /data/orders.csv | tail -n +2 | sort | uniq -c | sort -k1,1nr -k2 | awk '{ print $2, $1 }'
join <(awk -F, 'NR > 1 { print $2, $3 }' /data/orders.csv | sort) \
     <(jq -r '.[] | "\(.name) \(.city)"' /data/customers.json | sort) |
  sed -n 's/^\([a-z]*\) \([a-z]*\) \(.*\)$/\1 of \3: \2/p' | grep -E 'Lisbon' | sort -u
seq 1 20000 | awk '{ s += $1 } END { print s }'
tr a-z A-Z <<< 'shell'

heading 'jq'
jq -c 'group_by(.city) | map({city: .[0].city, names: map(.name)})' /data/customers.json
jq -r 'map(select(.since >= 2020).name) | join(" ")' /data/customers.json

heading 'Python: csv, json, statistics'
cat > stats.py <<'PYTHON'
import csv, json, statistics, sys

def totals(path):
    with open(path, newline="") as file:
        return {row["id"]: int(row["quantity"]) * float(row["price"]) for row in csv.DictReader(file)}

if __name__ == "__main__":
    values = totals(sys.argv[1])
    print(json.dumps({"orders": len(values), "mean": round(statistics.mean(values.values()), 2),
                      "median": statistics.median(values.values())}))
PYTHON
python3 stats.py /data/orders.csv

heading 'Python: unit tests'
cat > test_stats.py <<'PYTHON'
import tempfile, unittest
from stats import totals

class Totals(unittest.TestCase):
    def test_price_times_quantity(self):
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
            file.write("id,quantity,price\n1,2,1.5\n2,4,0.25\n")
            file.flush()
            self.assertEqual(totals(file.name), {"1": 3.0, "2": 1.0})

    def test_an_empty_file(self):
        with tempfile.NamedTemporaryFile("w") as file:
            self.assertEqual(totals(file.name), {})
PYTHON
python3 -m unittest -q test_stats 2>&1 | grep -E '^(Ran|OK|FAILED)' | sed 's/ in .*//'

heading 'SQLite'
sqlite3 shop.db <<'SQL'
create table orders(id integer, customer text, item text, quantity integer, price real);
.mode csv
.import --skip 1 /data/orders.csv orders
.mode list
select customer, round(sum(quantity * price), 2) from orders group by customer order by 2 desc;
SQL
sqlite3 shop.db 'select count(*) from orders where quantity > 1'

heading 'find, xargs, tar, gzip: a round trip'
mkdir -p tree/{a,b,c} && for name in tree/*; do seq 1 500 > "$name/numbers"; done
find tree -type f -size +1k | sort | xargs wc -l | tail -n 1
tar -czf tree.tar.gz tree && mkdir back && tar -xzf tree.tar.gz -C back
diff -r tree back/tree && echo 'the same'
find tree -type f -print0 | xargs -0 sha256sum | cut -d' ' -f1 | sort -u | wc -l

heading 'jobs and traps'
trap 'echo "caught USR1"' USR1
(sleep 0.1; kill -USR1 $$) &
sleep 0.05 & wait "$!" && echo "job done: $?"
wait || wait || true
trap - USR1
timeout 1 sleep 30 || echo "timeout gave $?"

# From here on: what an agent must not do. Nothing of it may succeed, and the session goes on.
set +e
failed=0
must_fail() { # what, command...
  local what=$1 status
  shift
  { "$@" > /tmp/attempt 2>&1; } 2> /dev/null # without the shell's own word about a killed job
  status=$?
  if [ "$status" -eq 0 ]; then
    failed=1
    printf 'IT WORKED: %s\n' "$what"
  else
    printf '%-58s status %s\n' "$what" "$status"
  fi
}

heading 'what must not work'
must_fail 'connect to a host (bash)' bash -c 'exec 3<>/dev/tcp/198.51.100.7/443'
must_fail 'ask the metadata service for credentials' bash -c 'exec 3<>/dev/tcp/169.254.169.254/80'
must_fail 'connect to a host (Python)' python3 -c '
import socket
socket.create_connection(("198.51.100.7", 22), timeout=5)'
must_fail 'write to a read-only mount' bash -c 'echo 9,eve,pot,1,0 >> /data/orders.csv'
must_fail 'delete from a read-only mount' rm -f /data/customers.json
must_fail 'read the host through the mount' cat /data/../../etc/shadow
must_fail 'read the host through a link' bash -c 'ln -sf ../../../../../../../home/link /tmp/link && cat /tmp/link/.ssh/id_rsa'
must_fail 'a memory bomb' python3 -c 'x = [bytearray(64 << 20) for _ in range(100)]'
must_fail 'a loop without end' timeout 1 bash -c 'while :; do :; done'
must_fail 'a fork bomb' timeout -s KILL 3 bash -c 'bomb() { bomb | bomb & }; bomb; sleep 60'

heading 'and the session is unharmed'
git log --oneline | wc -l
echo done
exit "$failed"
