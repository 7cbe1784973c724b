
"""Scripts that try to hurt the host, and how each must end.

`ends`: the reasons (Result.reason) that are right, `says`: what standard output must be, where it is the same on every
run. Every run has the limits of LIMITS unless it names others, and a deadline.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MIB = 1 << 20
LIMITS: dict[str, Any] = {
    "cpu_ns_max": 20 * 10**9, "memory_process_bytes_max": 256 * MIB, "memory_bytes_max": 384 * MIB,
    "processes_max": 64, "files_open_max": 256, "files_machine_max": 1024, "file_bytes_max": 64 * MIB,
    "disk_bytes_max": 128 * MIB, "inodes_max": 20000, "output_bytes_max": 8 * MIB,
}
EXITED, SIGNALED, TIMEOUT, CPU, OUTPUT, DEADLOCK = "exited", "signaled", "timeout", "cpu", "output", "deadlock"


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile script."""

    name: str
    script: str
    ends: tuple[str, ...]
    says: str | None = None
    seconds: float = 10
    limits: dict[str, Any] = field(default_factory=dict)
    needs: str = "bash"  # the program of the userland without which it cannot be tried


def _python(code: str) -> str:
    return f"python3 - <<'PY'\n{code}\nPY"


ATTACKS = [
    # processor
    Attack("busy loop", "while :; do :; done", (CPU, TIMEOUT), limits={"cpu_ns_max": 10**9}),
    Attack("busy loop that ignores signals", "trap '' TERM INT HUP XCPU; while :; do :; done", (CPU, TIMEOUT),
           limits={"cpu_ns_max": 10**9}),
    Attack("busy loop, only a deadline", "while :; do :; done", (TIMEOUT,), seconds=1, limits={"cpu_ns_max": None}),
    Attack("busy loop in awk", "awk 'BEGIN { while (1) x++ }'", (CPU, TIMEOUT), limits={"cpu_ns_max": 10**9},
           needs="awk"),
    Attack("busy loop in jq", "jq -n 'def f: f; f'", (CPU, TIMEOUT), limits={"cpu_ns_max": 10**9}, needs="jq"),
    Attack("busy loop in python", "python3 -c 'while True: pass'", (CPU, TIMEOUT), limits={"cpu_ns_max": 2 * 10**9},
           needs="python3"),
    Attack("busy loops in twenty processes", "for i in {1..20}; do while :; do :; done & done; wait", (CPU, TIMEOUT),
           limits={"cpu_ns_max": 10**9}),
    Attack("busy child left behind", "(while :; do :; done) & exit 0", (EXITED, CPU, TIMEOUT),
           limits={"cpu_ns_max": 2 * 10**9}),
    Attack("sleep for ever", "sleep infinity", (TIMEOUT,), seconds=1),
    Attack("sleep for ever, ignoring signals", "trap '' TERM HUP INT; while :; do sleep 1000; done", (TIMEOUT,), seconds=1),
    Attack("wait for what never comes", "mkfifo /tmp/p; cat /tmp/p", (DEADLOCK, TIMEOUT), seconds=2),
    Attack("stop itself", "kill -STOP $$", (DEADLOCK, TIMEOUT), seconds=2),
    Attack("stop its children", "for i in 1 2 3; do sleep 100 & kill -STOP $!; done; wait", (DEADLOCK, TIMEOUT), seconds=2),
    Attack("regex in grep -E", "printf %03000d 0 | grep -E '((((0*)*)*)*)*1$'; echo $?", (EXITED, CPU, TIMEOUT, SIGNALED),
           limits={"cpu_ns_max": 2 * 10**9}, needs="grep"),
    Attack("regex with back references", "printf %0400d 0 | grep -E '^(0*)(0*)(0*)(0*)\\1\\2\\3\\4x$'",
           (EXITED, CPU, TIMEOUT, SIGNALED), limits={"cpu_ns_max": 2 * 10**9}, needs="grep"),
    Attack("regex in grep -P", "printf %040d 0 | grep -P '^(0+)+$x'", (EXITED, CPU, TIMEOUT),
           limits={"cpu_ns_max": 2 * 10**9}, needs="grep"),
    Attack("regex in sed", "printf %03000d 0 | sed -E 's/((0*)*)*1//' | wc -c", (EXITED, CPU, TIMEOUT, SIGNALED),
           limits={"cpu_ns_max": 2 * 10**9}, needs="sed"),
    Attack("regex in awk", "awk 'BEGIN { for (i=0;i<3000;i++) s=s \"a\"; print match(s, /((a*)*)*b/) }'",
           (EXITED, CPU, TIMEOUT, SIGNALED), limits={"cpu_ns_max": 2 * 10**9}, needs="awk"),
    Attack("regex in bash", "x=$(printf %0500d 0); [[ $x =~ ((0*)*)*1$ ]]; echo $?", (EXITED, CPU, TIMEOUT, SIGNALED),
           limits={"cpu_ns_max": 2 * 10**9}),
    Attack("regex in python", "python3 -c 'import re; re.match(\"(a+)+$\", \"a\"*40+\"b\")'", (CPU, TIMEOUT),
           limits={"cpu_ns_max": 2 * 10**9}, needs="python3"),
    Attack("regex that is itself huge", "printf x | grep -E 'a{1,30000}{1,30000}'; echo $?", (EXITED, CPU, TIMEOUT, SIGNALED),
           limits={"cpu_ns_max": 2 * 10**9}, needs="grep"),
    Attack("glob star explosion", "cd /; shopt -s extglob; [[ $(printf %0300d 0) == *(*(*(*(0)))1) ]]; echo $?",
           (EXITED, CPU, TIMEOUT, SIGNALED), limits={"cpu_ns_max": 2 * 10**9}),
    Attack("bc", "echo '9^9^9' | bc", (EXITED, CPU, TIMEOUT, SIGNALED), limits={"cpu_ns_max": 2 * 10**9}, needs="bc"),
    Attack("expr and factor", "factor 340282366920938463463374607431768211297000000000007", (EXITED, CPU, TIMEOUT),
           limits={"cpu_ns_max": 2 * 10**9}, needs="factor"),
    # processes
    Attack("fork bomb", ":(){ :|:& };:", (EXITED, CPU, TIMEOUT, DEADLOCK), seconds=4, limits={"cpu_ns_max": 4 * 10**9}),
    Attack("fork bomb with names", "f() { f & f & f & }; f; sleep 2", (EXITED, CPU, TIMEOUT, DEADLOCK, SIGNALED), seconds=4,
           limits={"cpu_ns_max": 4 * 10**9}),
    Attack("fork and exec bomb", "echo 'bash /tmp/b & bash /tmp/b' >/tmp/b; bash /tmp/b", (EXITED, CPU, TIMEOUT, SIGNALED),
           seconds=4, limits={"cpu_ns_max": 4 * 10**9}),
    Attack("script that runs itself", "printf '#!/bin/bash\\n/tmp/s\\n' >/tmp/s; chmod +x /tmp/s; /tmp/s; echo end",
           (EXITED, CPU, TIMEOUT, SIGNALED), limits={"cpu_ns_max": 4 * 10**9}),
    Attack("zombies", "bash -c 'for i in {1..500}; do (exit 1) & done; exec sleep 1' 2>/dev/null; echo done",
           (EXITED, TIMEOUT), seconds=20),
    Attack("sessions and orphans", "for i in {1..200}; do setsid sleep 100 2>/dev/null & done 2>/dev/null; echo $(ls /proc | grep -c '^[0-9]' )",
           (EXITED, TIMEOUT), seconds=10, needs="setsid"),
    Attack("kill everything", "kill -9 -1; kill -9 1; echo survived", (EXITED, SIGNALED, TIMEOUT), seconds=3),
    Attack("signal storm", "trap : USR1; for i in {1..20}; do (for j in {1..200}; do kill -USR1 $$; done) & done 2>/dev/null; wait; wait; echo end",
           (EXITED, CPU, TIMEOUT), seconds=10),
    Attack("trap that raises its own signal", "trap 'kill -USR1 $$' USR1; kill -USR1 $$; echo end", (EXITED, SIGNALED, CPU, TIMEOUT),
           seconds=3, limits={"cpu_ns_max": 2 * 10**9}),
    Attack("stop and continue games", "for i in {1..30}; do (while :; do kill -STOP $BASHPID; done) & done; for n in {1..50}; do kill -CONT -1; done; kill -9 $(jobs -p); wait; echo end",
           (EXITED, SIGNALED, TIMEOUT, CPU), seconds=5),
    Attack("threads in python", _python("import threading\nn = 0\ntry:\n while n < 100000:\n  threading.Thread(target=input).start(); n += 1\nexcept BaseException as e:\n print(type(e).__name__)"),
           (EXITED, CPU, TIMEOUT), needs="python3"),
    # memory
    Attack("memory bomb in bash", "x=x; while :; do x=$x$x; done", (EXITED, SIGNALED, CPU, TIMEOUT)),
    Attack("memory bomb in awk", "awk 'BEGIN { s = \"x\"; while (1) s = s s }'", (EXITED, SIGNALED, CPU, TIMEOUT), needs="awk"),
    Attack("memory bomb in python", "python3 -c 'x=[]\nwhile 1: x.append(bytearray(1<<20))' 2>&1 | tail -1",
           (EXITED, SIGNALED), needs="python3"),
    Attack("memory bomb by children", "for i in {1..50}; do awk 'BEGIN { s = \"x\"; for (i=0;i<27;i++) s = s s; system(\"sleep 3\") }' & done 2>/dev/null; wait",
           (EXITED, SIGNALED, CPU, TIMEOUT), seconds=20, needs="awk"),
    Attack("sort of endless input", "yes | sort | head -1", (EXITED, CPU, TIMEOUT, SIGNALED), limits={"cpu_ns_max": 5 * 10**9}),
    Attack("tail of endless input", "yes 0123456789 | tr -d '\\n' | tail -1 | wc -c", (EXITED, CPU, TIMEOUT, SIGNALED),
           limits={"cpu_ns_max": 5 * 10**9}),
    Attack("giant array", "for ((i=0;;i++)); do a[i]=$i; done", (EXITED, SIGNALED, CPU, TIMEOUT)),
    Attack("brace expansion", "echo {1..100}{1..100}{1..100}{1..100}{1..100} | wc -c", (EXITED, SIGNALED, CPU, TIMEOUT)),
    Attack("brace range", "echo {1..2000000000} | wc -c", (EXITED, SIGNALED, CPU, TIMEOUT)),
    Attack("printf width", "printf '%2000000000d' 1 | wc -c", (EXITED, SIGNALED, CPU, TIMEOUT)),
    Attack("here document without end", "yes 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' | head -c 300000000 | { mapfile x; echo ${#x[@]}; }",
           (EXITED, SIGNALED, CPU, TIMEOUT)),
    # depth
    Attack("function recursion", "f() { f; }; f", (SIGNALED, EXITED)),
    Attack("recursive eval", "x='eval \"$x\"'; eval \"$x\"", (SIGNALED, EXITED)),
    Attack("recursive source", "echo '. /tmp/r' >/tmp/r; . /tmp/r", (SIGNALED, EXITED)),
    Attack("recursive command substitution", "f() { echo $(f); }; f", (EXITED, SIGNALED, CPU, TIMEOUT), seconds=8),
    Attack("nested subshell source", "x=$(printf '(%.0s' {1..5000}); eval \"$x\" 2>/dev/null; echo $?", (EXITED, SIGNALED)),
    Attack("nested arithmetic", "x=$(printf '(%.0s' {1..20000})1; echo $((x)) 2>/dev/null; echo $?", (EXITED, SIGNALED)),
    Attack("arithmetic name recursion", "x=y; y=x; (echo $((x))) 2>/dev/null; echo $?", (EXITED, SIGNALED), says="1\n"),
    Attack("deep jq", "printf '%0100000d' 0 | tr 0 '[' | jq . 2>/dev/null; echo $?", (EXITED, SIGNALED), needs="jq"),
    Attack("jq recursion", "jq -n 'def f: [f]; f' 2>/dev/null; echo $?", (EXITED, SIGNALED, CPU, TIMEOUT), needs="jq"),
    Attack("awk recursion", "awk 'function f(n) { return f(n+1) } BEGIN { f(0) }'", (EXITED, SIGNALED, CPU, TIMEOUT),
           needs="awk"),
    Attack("python recursion", _python("import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()"),
           (EXITED, SIGNALED, CPU, TIMEOUT), needs="python3"),
    Attack("python deep expression", "python3 -c 'eval(\"(\"*100000)' 2>/dev/null; echo $?", (EXITED, SIGNALED),
           needs="python3"),
    Attack("sed nesting", "sed -n \"$(printf '{%.0s' {1..50000})\" 2>/dev/null </dev/null; echo $?", (EXITED, SIGNALED),
           needs="sed"),
    Attack("find in deep directories", "cd /tmp; for i in {1..3000}; do mkdir d && cd d || break; done 2>/dev/null; cd /tmp; find d | wc -l >/dev/null; rm -rf d; ls",
           (EXITED, CPU, TIMEOUT, SIGNALED), seconds=30),
    Attack("symbolic link loop", "ln -s a b; ln -s b a; cat a 2>/dev/null || echo refused", (EXITED,), says="refused\n"),
    Attack("symbolic link bomb", "ln -s . x; cat $(printf 'x/%.0s' {1..2000})none 2>/dev/null || echo refused", (EXITED,),
           says="refused\n"),
    Attack("link explosion", "mkdir a; for i in {1..20}; do ln -s ../a/../a a/l$i; done; find -L a 2>/dev/null | wc -l",
           (EXITED, CPU, TIMEOUT, SIGNALED), seconds=8, limits={"cpu_ns_max": 5 * 10**9}, needs="find"),
    # output and files
    Attack("a gigabyte of output", "yes", (OUTPUT,)),
    Attack("a gigabyte on standard error", "yes >&2", (OUTPUT,)),
    Attack("output from many", "for i in {1..20}; do yes $i & done; wait", (OUTPUT,)),
    Attack("a file that grows for ever", "yes >f; ls -s f | wc -l", (EXITED, SIGNALED), says="1\n"),
    Attack("files that fill the disk", "for i in 1 2 3 4 5; do head -c 60000000 /dev/zero >f$i || break; done 2>/dev/null; echo full; rm f*; echo x >y && cat y",
           (EXITED,), says="full\nx\n"),
    Attack("a million files", "i=0; while ((i<1000000)); do : >f$i || break; ((i++)); done 2>/dev/null; echo $((i<1000000)); rm -rf f*; : >again && echo ok",
           (EXITED, CPU, TIMEOUT), seconds=60, limits={"cpu_ns_max": 60 * 10**9}),
    Attack("a million directories", "cd /tmp; seq 1000000 | xargs mkdir 2>/dev/null; echo $?", (EXITED, CPU, TIMEOUT), seconds=30),
    Attack("a million hard links", "echo >f; for ((i=0;i<100000;i++)); do ln f l$i || break; done 2>/dev/null; echo end",
           (EXITED, CPU, TIMEOUT), seconds=20),
    Attack("sparse files", "for i in {1..1000}; do truncate -s 60M s$i || break; done; echo end; ls | wc -l", (EXITED,)),
    Attack("sparse file beyond the limit", "truncate -s 100G big 2>/dev/null; echo $?", (EXITED, SIGNALED)),
    Attack("sparse file read whole", "truncate -s 60M s; for i in 1 2 3 4 5 6 7 8; do cat s; done | wc -c", (EXITED,),
           says=f"{60 * MIB * 8}\n"),
    Attack("long names", "n=$(printf %0255d 0); i=0; while ((i<50000)); do : >$i${n:${#i}} || break; ((i++)); done 2>/dev/null; echo end",
           (EXITED, CPU, TIMEOUT), seconds=20),
    Attack("tar bomb", "head -c 60000000 /dev/zero | gzip -9 | gzip -9 >b.gz.gz; for i in 1 2 3 4; do zcat b.gz.gz | zcat >o$i; done 2>/dev/null; echo end",
           (EXITED, CPU, SIGNALED), seconds=30, needs="gzip"),
    # descriptors and pipes
    Attack("descriptors", "i=0; while exec {fd}</dev/null; do ((i++)); done 2>/dev/null; echo $((i<1000))", (EXITED, SIGNALED, TIMEOUT, CPU),
           limits={"cpu_ns_max": 5 * 10**9}),
    Attack("descriptors of many processes", "for i in {1..60}; do (for j in {1..200}; do exec {fd}</dev/null; done; sleep 2) 2>/dev/null & done 2>/dev/null; wait; echo end",
           (EXITED, CPU, TIMEOUT), seconds=20),
    Attack("pipes that are full", "for i in {1..60}; do yes | sleep 2 & done 2>/dev/null; wait; echo end", (EXITED, CPU, TIMEOUT),
           seconds=20),
    Attack("fifos that are full", "for i in {1..200}; do mkfifo p$i; exec {fd}<>p$i || break; head -c 65536 /dev/zero >&$fd; done 2>/dev/null; echo end",
           (EXITED, TIMEOUT, DEADLOCK, SIGNALED), seconds=10),
    Attack("infinite output to a closed pipe", "yes | true; echo ${PIPESTATUS[0]}", (EXITED,), says="141\n"),
    Attack("infinite output to a closed pipe, ignoring it", "(trap '' PIPE; while :; do echo x; done) 2>/dev/null | head -1",
           (CPU, TIMEOUT), limits={"cpu_ns_max": 2 * 10**9}),
    Attack("locks", "for i in {1..300}; do flock -x f$i sleep 5 & done 2>/dev/null; sleep 1; kill $(jobs -p) 2>/dev/null; echo end",
           (EXITED, SIGNALED, TIMEOUT), seconds=10, needs="flock"),
    Attack("unix sockets", _python("import socket\nkept=[]\ntry:\n while 1:\n  a,b=socket.socketpair(); a.setblocking(False); kept.append((a,b))\n  try:\n   while 1: a.send(b'x'*65536)\n  except BlockingIOError: pass\nexcept OSError as e: print(e.errno)"),
           (EXITED, CPU, TIMEOUT), needs="python3"),
    Attack("descriptors in flight", _python("import socket,array\na,b=socket.socketpair()\na.setblocking(False)\nn=0\ntry:\n while n<100000:\n  x,y=socket.socketpair()\n  a.sendmsg([b'x'],[(socket.SOL_SOCKET,socket.SCM_RIGHTS,array.array('i',[x.fileno(),b.fileno()]))]); n+=1; x.close(); y.close()\nexcept OSError as e: print('refused')"),
           (EXITED, CPU, TIMEOUT), needs="python3"),
    # arguments
    Attack("giant argv", "x=$(printf '%02000000d' 0); /bin/echo $x $x | wc -c", (EXITED, SIGNALED)),
    Attack("many arguments", "/bin/echo {1..1000000} | wc -c", (EXITED, SIGNALED, CPU, TIMEOUT)),
    Attack("giant environment", "for i in {1..2000}; do export v$i=$(printf %01000d 0); done; /bin/true; echo $?",
           (EXITED, CPU, TIMEOUT), seconds=20),
    Attack("giant script line", "x=$(printf 'echo %.0s' {1..200000}); eval \"$x\" | wc -c", (EXITED, SIGNALED, CPU)),
    # /proc and devices
    Attack("proc", "cat /proc/*/environ /proc/*/maps /proc/*/mem /proc/kcore /proc/kmsg 2>/dev/null | wc -c >/dev/null; ls -R /proc >/dev/null 2>&1; echo end",
           (EXITED,), says="end\n", seconds=20),
    Attack("proc links", "cat /proc/self/fd/* </dev/null >/dev/null 2>&1; cd /proc/self/root/proc/self/root/proc/self/cwd && echo end",
           (EXITED, TIMEOUT, DEADLOCK), says="end\n", seconds=5),
    Attack("proc of self through itself", "exec 3</proc/self/fd/; ls -lR /proc/self/fd /proc/self/fd/3 >/dev/null 2>&1; echo end", (EXITED,),
           says="end\n"),
    Attack("escape by links", "ln -s /proc/1/root r; cat r/../../../../../../etc/shadow /proc/1/root/../../etc/shadow 2>/dev/null; echo $?",
           (EXITED,)),
    Attack("write to devices", "for d in /dev/*; do [ -c $d ] && timeout 1 head -c 1000 /dev/zero >$d; done 2>/dev/null </dev/null; echo end",
           (EXITED, TIMEOUT, SIGNALED), seconds=15),
    Attack("reading devices", "for d in zero urandom random full; do head -c 50000000 /dev/$d; done | wc -c", (EXITED,),
           says="200000000\n"),
    Attack("mount and chroot", "mount -t tmpfs x /tmp 2>/dev/null; chroot /tmp /bin/bash 2>/dev/null; mknod /tmp/k c 1 1 2>/dev/null; cat /tmp/k 2>/dev/null; rm -rf /bin/* 2>/dev/null; echo end",
           (EXITED,), says="end\n"),
    Attack("remove everything", "rm -rf --no-preserve-root / 2>/dev/null; echo end", (EXITED,), says="end\n", seconds=30),
    Attack("time travel", "date -s 2001-01-01 2>/dev/null >&2; sleep 0.01; echo end", (EXITED,), says="end\n"),
    Attack("a foreign program", "printf '\\0asm\\1\\0\\0\\0' >x; chmod +x x; ./x 2>/dev/null; echo $?", (EXITED,), says="126\n"),
    Attack("ptys", _python("import os\nn=0\nk=[]\ntry:\n while n<10000: k.append(os.openpty()); n+=1\nexcept OSError as e: print('refused')"),
           (EXITED,), says="refused\n", needs="python3"),
    Attack("timers", _python("import signal\nsignal.signal(signal.SIGALRM, lambda *a: None)\nsignal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)\nn=0\nwhile n<100000: n+=1\nprint('end')"),
           (EXITED, CPU, TIMEOUT), needs="python3", limits={"cpu_ns_max": 5 * 10**9}),
    Attack("memory maps", _python("import mmap\nk=[]\ntry:\n while 1: k.append(mmap.mmap(-1, 4096))\nexcept (OSError, MemoryError) as e: print('refused')"),
           (EXITED, CPU, TIMEOUT, SIGNALED), needs="python3"),
    Attack("sqlite that never ends", "sqlite3 :memory: 'with recursive r(x) as (select 1 union all select x+1 from r) select count(*) from r'",
           (CPU, TIMEOUT), needs="sqlite3", limits={"cpu_ns_max": 2 * 10**9}),
    Attack("git with hostile names", "git init -q r && cd r && git config user.email a && git config user.name b && for i in {1..200}; do echo >\"$(printf '%0200d' $i)\"; done && git add . && git commit -qm x && git log | wc -l",
           (EXITED, CPU, TIMEOUT), needs="git", seconds=20),
]
