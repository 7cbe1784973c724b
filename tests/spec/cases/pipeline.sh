#### PIPESTATUS
true | false | (exit 3); echo ${PIPESTATUS[@]}; false; echo ${PIPESTATUS[@]}
#### status of a pipeline
false | true; echo $?; true | false; echo $?; ! false; echo $?; ! true | true; echo $?
#### pipefail
set -o pipefail; false | true; echo $?; (exit 3) | (exit 4) | true; echo $?; true | true; echo $?
#### variables of a pipeline's parts are lost
x=1; echo 2 | read x; echo $x; echo 3 | { read x; echo $x; }; shopt -s lastpipe; echo 4 | read x; echo $x
#### SIGPIPE ends the writer
yes | head -2; echo ${PIPESTATUS[@]}; seq 1000000 | head -1; echo ${PIPESTATUS[0]}
#### writer with SIGPIPE ignored
(trap '' PIPE; for i in {1..20000}; do echo $i || exit 7; done) 2>/dev/null | head -1; echo ${PIPESTATUS[0]}
#### lists
true && echo a || echo b; false && echo a || echo b; true && false || echo c; false || true && echo d
#### subshell
x=1; (x=2; cd /; echo $x $PWD); echo $x; (exit 5); echo $?; echo $BASH_SUBSHELL $(echo $BASH_SUBSHELL) $( (echo $BASH_SUBSHELL) )
#### group
x=1; { x=2; echo $x; }; echo $x; { echo a; echo b; } | wc -l
#### background and wait
(sleep .05; echo bg) & wait; echo done; (exit 4) & wait $!; echo $?
#### wait for several
(exit 1) & a=$!; (exit 2) & b=$!; wait $a; echo $?; wait $b; echo $?; wait 99999999 2>/dev/null; echo $?
#### wait -n
(exit 3) & wait -n; echo $?; sleep 5 & p=$!; (exit 6) & wait -n; echo $?; kill $p; wait $p 2>/dev/null; echo $?
#### wait -n -p
(exit 5) & p=$!; wait -n -p who; echo $? $((who==p))
#### jobs in a script
sleep 3 & sleep 4 & jobs | sed 's/  */ /g'; jobs -p | wc -l; kill %1 %2; wait 2>/dev/null; jobs | wc -l
#### disown
sleep 2 & disown; jobs | wc -l; kill $!
#### coproc
coproc cat; echo hello >&${COPROC[1]}; read x <&${COPROC[0]}; echo $x; p=$COPROC_PID; exec {COPROC[1]}>&-; wait $p; echo $?
#### named coproc
coproc C { while read x; do echo "<$x>"; done; }; echo a >&${C[1]}; read -u ${C[0]} y; echo $y; kill $C_PID; wait 2>/dev/null; echo end
#### long pipeline
seq 100 | cat | cat | cat | cat | cat | cat | cat | cat | tail -1
#### pipeline of functions and builtins
f() { while read x; do echo $((x*x)); done; }; seq 4 | f | tac
#### xargs
seq 5 | xargs; seq 5 | xargs -n 2; printf 'a b\0c' | xargs -0 -I{} echo '<{}>'; echo | xargs -r echo never; echo 'a "b c" d\ e' | xargs printf '[%s]'; echo
#### xargs exit codes
seq 3 | xargs -I{} sh -c 'exit {}'; echo $?; echo x | xargs false; echo $?; echo x | xargs no-such-cmd 2>/dev/null; echo $?; echo x | xargs sh -c 'exit 255' 2>/dev/null; echo $?
#### xargs -P
seq 4 | xargs -P 2 -n 1 sh -c 'echo $0' | sort
#### command substitution in the background does not block
x=$(echo now; sleep 3 >/dev/null 2>&1 & ); echo $x; kill $! 2>/dev/null; :
#### exit status of command substitution in a condition
if x=$(false); then echo t; else echo f "$?"; fi
#### mkfifo
mkfifo p; (echo through >p) & cat p; wait; rm p; ls
#### named pipe, two writers
mkfifo p; { echo a >p; } & { sleep .05; echo b; } >p & sort p; wait
#### time keyword
TIMEFORMAT='%R' ; { time true; } 2>&1 | grep -c '^0\.'
#### timeout
timeout .2 sleep 5; echo $?; timeout 5 true; echo $?; timeout -s KILL .2 sleep 5; echo $?; timeout -k .1 .1 sh -c 'trap "" TERM; sleep 5'; echo $?
#### nohup and setsid
nohup echo x 2>/dev/null; setsid sh -c 'echo $?'; nice -n 5 nice
#### sleep fractions
sleep 0.01 && sleep .01s && echo ok; sleep x 2>/dev/null; echo $?
#### pv-like loop
seq 1000 | while read i; do ((i%250==0)) && echo $i; done
#### exec in a subshell
(exec echo replaced; echo never); (exec /no/such 2>/dev/null; echo never); echo $?
#### subshell inherits functions and variables
f() { echo f$x; }; x=1; (f; x=2; f); f; export -f f; x=9 bash -c f
