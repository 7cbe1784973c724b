#### if elif else
for x in 1 2 3; do if [ $x = 1 ]; then echo one; elif [ $x = 2 ]; then echo two; else echo many; fi; done
#### case
for x in a abc 1 '' 'x y' '*'; do case $x in a) echo A;; a*) echo A+;; [0-9]) echo D;; '') echo empty;; *\ *) echo space;; '*') echo star;; esac; done
#### case fall through
case a in a) echo 1;& b) echo 2;; c) echo 3;; esac; case a in a) echo 1;;& a*) echo 2;;& b) echo 3;; *) echo 4;; esac
#### case alternatives and extglob
shopt -s extglob
for x in foo bar foobar f.c; do case $x in @(foo|bar)) echo exact;; *.@(c|h)) echo src;; +(foo|bar)) echo plus;; esac; done
#### loops with break and continue
for i in 1 2 3 4 5; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done; for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; [ $i = 2 ] && break 2; echo $i$j; done; done
#### until
i=0; until [ $i -ge 3 ]; do i=$((i+1)); done; echo $i
#### select
printf '2\n9\n1\n' | { PS3='? '; select x in apple pear; do echo "[$x] $REPLY"; [ "$x" = apple ] && break; done; } 2>/dev/null
#### for without in
set -- x y; for a; do echo $a; done; for b do echo $b; done
#### for over nothing
for x in; do echo never; done; echo $?; for x in $nothing; do echo never; done
#### loop variables after the loop
for i in a b; do :; done; echo $i
#### conditional expression
[[ abc == a* ]] && echo 1; [[ abc == "a*" ]] || echo 2; [[ a < b ]] && echo 3; [[ -n x && -z '' ]] && echo 4; [[ ! -e /no ]] && echo 5; [[ (1 -eq 1 || 1 -eq 2) && 3 -lt 10 ]] && echo 6
#### regular expressions
[[ foo123bar =~ ([a-z]+)([0-9]+)(.*) ]] && echo ${BASH_REMATCH[@]}; re='^[0-9]{3}-[0-9]{4}$'; [[ 555-1234 =~ $re ]] && echo tel; [[ a.b =~ a"."b ]] && echo lit; [[ axb =~ a"."b ]] || echo notlit
#### bad regular expression
[[ x =~ ( ]] 2>/dev/null; echo $?
#### [[ does not split
x='a b'; [[ $x == 'a b' ]] && echo ok; [[ -n $nothing ]] || echo empty
#### test command
[ a = a ] && [ a != b ] && [ -n a ] && [ -z '' ] && [ 1 -lt 2 -a 2 -gt 1 ] && [ 1 = 2 -o 1 = 1 ] && echo ok; [ ]; echo $?; [ x ]; echo $?; [ ! x ]; echo $?; [ 1 2 ] 2>/dev/null; echo $?
#### file tests
touch f; mkdir d; ln -s f l; ln -s none b; mkfifo p; for t in -e -f -d -L -p -s -r -w -x; do printf '%s:' $t; for x in f d l b p; do [ $t $x ] && printf ' %s' $x; done; echo; done
#### file comparisons
touch -d 2020-01-01 old; touch -d 2021-01-01 new; ln new hard; [ new -nt old ] && echo nt; [ old -ot new ] && echo ot; [ new -ef hard ] && echo ef; [ new -nt none ] && echo missing
#### arithmetic tests
(( 3 > 2 )) && echo yes; if ((0)); then echo no; else echo zero; fi; [[ 0x10 -eq 16 ]] && echo hex
#### set -e
bash -ec 'echo a; false; echo b'; echo $?; bash -ec 'false || echo c; if false; then :; fi; ! true; false && true; echo d'; echo $?; bash -ec 'f() { false; echo in; }; f || echo e; f; echo never'; echo $?
#### set -e and substitutions
bash -ec 'x=$(false); echo never'; echo $?; bash -ec 'echo $(false); echo on'; bash -ec '(false); echo never'; echo $?; bash -ec 'local_() { local x=$(false); echo kept; }; local_'
#### set -euo pipefail
bash -c 'set -euo pipefail; false | true; echo never'; echo $?; bash -c 'set -euo pipefail; echo $undefined; echo never' 2>/dev/null; echo $?; bash -c 'set -euo pipefail; x=${y:-d}; echo $x'
#### inherit_errexit
bash -c 'set -e; x=$(false; echo a); echo $x'; bash -c 'set -e; shopt -s inherit_errexit; x=$(false; echo a); echo never'; echo $?
#### set -x
bash -c 'set -x; x=1; echo $x "a b"; [[ $x = 1 ]]; for i in 1; do :; done' 2>&1
#### set -v
printf 'set -v\necho hi\nx=1\n' >s; bash s 2>&1
#### set -n and -c
bash -n -c 'echo never'; echo $?; bash -n -c 'if' 2>/dev/null; echo $?
#### set -f
touch a b; set -f; echo *; set +f; echo *
#### set --
set -- -a b; echo $1 $#; set -; echo $#; set --; echo $#
#### shopt
shopt -s nullglob; echo x*; shopt -u nullglob; echo x*; shopt -q extglob; echo $?; shopt extglob
#### errors of syntax
bash -c 'if true; then' 2>/dev/null; echo $?; bash -c 'echo )' 2>/dev/null; echo $?; bash -c 'for' 2>/dev/null; echo $?
#### message of a syntax error
bash -c 'echo a; fi' 2>&1; echo $?
#### command not found
no-such-command 2>&1; echo $?; ./nofile 2>&1; echo $?; touch noexec; ./noexec 2>&1; echo $?; /tmp 2>&1; echo $?
#### command_not_found_handle
command_not_found_handle() { echo "missing $1"; return 42; }; nosuch a b; echo $?
#### exit
(exit); echo $?; (exit 256); echo $?; (exit -1); echo $?; (false; exit); echo $?; bash -c 'exit abc' 2>/dev/null; echo $?
#### return
f() { return 3; echo never; }; f; echo $?; g() { false; return; }; g; echo $?; return 2>/dev/null; echo $?
#### exit in a pipeline leaves only that part
echo a | exit 3; echo $?; true | { exit 4; }; echo $?
#### deep nesting
x=0; if true; then while true; do case a in a) for i in 1; do { ( x=1; echo in ); break 2; }; done;; esac; done; fi; echo out
#### eval
x='echo $y'; y=1; eval $x; eval "z=5; echo \$z"; eval; echo $?; eval 'false'; echo $?
#### source
echo 'x=5; echo sourced $1; return 3; echo never' >s; . ./s arg; echo $? $x; source ./none 2>/dev/null; echo $?
#### a script with arguments
printf '#!/bin/bash\necho "$0:$#:$1:$2"\n' >s; chmod +x s; ./s 'a b' c; bash s x; bash -c 'echo $0 $1' zero one; echo 'echo $1' | bash -s first
#### comments and blank lines

# nothing

echo a;  # more
#### long && chain over lines
true &&
  echo a &&
  ! false ||
  echo b
#### null command
:; echo $?; : ${x:=default}; echo $x; true; false; echo $?
