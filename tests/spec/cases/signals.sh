#### trap EXIT
bash -c 'trap "echo bye" EXIT; echo hi'; bash -c 'trap "echo bye \$?" EXIT; exit 3'; echo $?; (trap 'echo sub' EXIT); bash -c 'trap "exit 9" EXIT; exit 3'; echo $?
#### trap a signal
trap 'echo got' USR1; kill -USR1 $$; echo after; trap 'echo term' TERM; kill $$; echo alive
#### trap ignores
trap '' TERM; kill $$; echo alive; bash -c 'kill $$; echo child ignores too'; trap - TERM; bash -c 'kill $$; echo never'; echo $?
#### trap -p and -l
trap 'echo x' INT EXIT; trap -p; trap - INT EXIT; trap -p; trap -l | head -1 | cut -c1-12; kill -l 9 15 2 130; kill -l TERM
#### ERR trap
trap 'echo err $?' ERR; false; true; (exit 4); false || true; if false; then :; fi; f() { false; }; f; set -E; f
#### death by signal
bash -c 'kill -TERM $$'; echo $?; bash -c 'kill -KILL $$'; echo $?; bash -c 'kill -SEGV $$'; echo $?; bash -c 'kill -PIPE $$'; echo $?
#### message of a killed job
bash -c 'bash -c "kill -SEGV \$\$"; bash -c "kill -TERM \$\$"; bash -c "kill -INT \$\$"; echo $?' 2>&1 | sed 's/line [0-9]*: *[0-9]*/line N: PID/'
#### kill a background job
sleep 10 & p=$!; kill $p; wait $p; echo $?; sleep 10 & kill -9 $!; wait $! 2>/dev/null; echo $?
#### kill -0
sleep 5 & p=$!; kill -0 $p && echo alive; kill $p; wait $p 2>/dev/null; kill -0 $p 2>/dev/null || echo gone
#### kill errors
kill 99999999 2>/dev/null; echo $?; kill -NOSUCH $$ 2>/dev/null; echo $?; kill 2>/dev/null; echo $?; kill -0 $$; echo $?
#### a trap runs after the foreground command
trap 'echo caught' TERM; (sleep .1; kill -TERM $$) & sleep .3; echo slept; wait
#### a trap interrupts wait
trap 'echo caught' USR1; (sleep .1; kill -USR1 $$; sleep .2) & wait; echo $(($?>128)); wait; echo $?
#### stop and continue
sleep 5 & p=$!; kill -STOP $p; sleep .05; ps -o stat= -p $p 2>/dev/null | cut -c1 || cut -d' ' -f3 /proc/$p/stat; kill -CONT $p; kill $p; wait $p; echo $?
#### SIGCHLD trap
trap 'echo chld' CHLD; (exit 1); true & wait; trap - CHLD; echo end
#### SIGINT to a script
bash -c 'trap "echo int; exit 5" INT; kill -INT $$; echo never'; echo $?; bash -c 'kill -INT $$; echo never'; echo $?
#### background commands ignore SIGINT in a script
(sleep .2; echo survived) & p=$!; kill -INT $p; wait $p; echo $?
#### signals in a subshell
trap 'echo parent' USR1; (kill -USR1 $BASHPID; echo sub) 2>/dev/null; echo $?; kill -USR1 $$
#### exit trap in a killed script
bash -c 'trap "echo cleanup" EXIT; kill -TERM $$; echo never'; echo $?; bash -c 'trap "echo cleanup" EXIT INT TERM; kill -TERM $$; echo on'; echo $?
#### temporary file with clean-up
bash -c 't=$(mktemp -p .); trap "rm -f $t" EXIT; echo data >$t; cat $t'; ls
#### kill the group
setsid bash -c 'trap "echo leader; exit" TERM; sleep 10 & kill -TERM 0; wait'; echo $?
#### trap with several signals and numbers
trap 'echo s' 10 12; kill -10 $$; kill -12 $$; kill -s USR1 $$; trap '' 10; kill -10 $$; echo end
#### nested traps see $?
trap 'echo exit=$?' EXIT; false
#### real-time signals
trap 'echo rt' RTMIN; kill -RTMIN $$; trap 'echo rt1' RTMIN+1; kill -RTMIN+1 $$
#### watchdog
f() { "$@" & local p=$!; (sleep .2; kill $p) 2>/dev/null & wait $p 2>/dev/null; echo $?; }; f sleep 5; wait
#### SIGPIPE status in a substitution
x=$(yes | head -1); echo $x; set -o pipefail; y=$(yes | head -1); echo $?
#### sleep is interrupted by a trapped signal only after it ends
trap 'echo t' ALRM; (sleep .05; kill -ALRM $$) & sleep .2 ; echo done
#### ulimit -t kills a busy loop
(ulimit -t 1; while :; do :; done) 2>/dev/null; echo $?
#### orphan continues
bash -c '(sleep .1; echo orphan >f) & exit 0'; sleep .4; cat f
