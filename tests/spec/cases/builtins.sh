#### pwd and OLDPWD
mkdir d; cd d; cd ..; basename $OLDPWD; cd - | xargs basename
#### test builtin against external
/usr/bin/test 1 -eq 1 && echo ext; /usr/bin/[ a = b ] || echo ne; /bin/true && ! /bin/false && echo ok
#### kill -l
kill -l 15; kill -l SIGHUP
#### history is off in scripts
set -o | grep history | tr -s ' \t' ' '; history | wc -l
#### set -o listing
set -o | wc -l; shopt | wc -l
#### variables with set
x_y=1; set | grep '^x_y='; declare | grep -c '^x_y='; compgen -v x_
#### exec with options
(exec -a newname bash -c 'echo $0'); (exec -c env | grep -c . ); (exec -l bash -c 'echo $0')
#### wait with no children
wait; echo $?; wait %1 2>/dev/null; echo $?
#### bind-free readline variables
echo ${BASH_VERSION%%.*} ${MACHTYPE:+set} ${HOSTTYPE:+set} ${OSTYPE%-*}
#### let returns
let 1; echo $?; let 0; echo $?; let x=1 y=0; echo $?
#### local outside a function
local x=1 2>&1; echo $?
#### mapfile origin
a=(x y z); mapfile -t -O 1 a < <(echo new); echo ${a[@]}
#### printf %s with arrays and missing arguments
a=(1 2 3 4 5); printf '%s %s\n' "${a[@]}"; printf '[%s][%d]\n'
#### printf %T
TZ=UTC0 printf '%(%H:%M:%S)T\n' 3661; printf '%(%s)T\n' -1 | grep -cE '^[0-9]+$'
#### read into REPLY, several fields, custom IFS
read <<<'  keep  '; echo "<$REPLY>"; IFS=, read a b c <<<'1,2,3,4'; echo $c; read -p prompt x <<<in; echo $x; echo in | { read -s y; echo $y; }
#### read from a descriptor
exec 3<<<'l1
l2'; read -u 3 a; read -u 3 b; echo $b $a; read -u 3 c; echo $?
#### command -p, -V
command -V cd; command -v if; command -p ls / >/dev/null && echo ok
#### type -a and -p
type -p ls >/dev/null && echo path; type -P cd; echo $?; f() { :; }; type f | head -1
#### hash
hash -r; ls >/dev/null; hash | grep -c ls; hash nosuch 2>/dev/null; echo $?
#### ulimit
ulimit -n 100 && ulimit -n; (ulimit -u 0 2>/dev/null; :); ulimit -a | wc -l; ulimit -v unlimited && ulimit -v
#### umask in a subshell
umask 022; (umask 077; touch p); touch q; stat -c %a p q
#### times
times | grep -c m
#### caller at top level
caller; echo $?
#### complete and compopt do not fail in scripts
complete -W 'a b' cmd; complete -p cmd; complete -r cmd; complete -p cmd 2>/dev/null; echo $?
#### fc in a script
fc -l 2>/dev/null; echo $?
#### suspend and logout refuse
logout 2>/dev/null; echo $?
#### dirs stack
mkdir a b; pushd a >/dev/null; pushd ../b >/dev/null; dirs -p | wc -l; popd >/dev/null; basename $PWD; popd >/dev/null; popd 2>/dev/null; echo $?; dirs -c
#### declare -t -A -a mixtures
declare -A m; m[x]=1; declare -p m; declare -a a; a[2]=z; declare -p a; (declare -a m) 2>/dev/null; echo $?
#### unset of parts
a=(1 2 3); unset a[1]; echo ${a[@]}; declare -A m=([x]=1 [y]=2); unset m[x]; echo ${!m[@]}; unset a; echo ${#a[@]}; unset nosuch; echo $?
#### variable names from variables
n=dyn; declare "$n=5"; echo $dyn; printf -v "$n" %s six; echo $dyn; eval "$n=7"; echo $dyn; read "$n" <<<8; echo ${!n}
#### BASH_ENV and ENV
echo 'echo from env' >e; BASH_ENV=./e bash -c 'echo main'
#### POSIX mode
bash --posix -c 'echo $POSIXLY_CORRECT; set -o | grep posix | tr -s " \t" " "'; sh -c 'echo ok'
#### shell options by flag
bash -u -c 'echo ${x-d}'; bash -f -c 'echo *'; bash -a -c 'x=1; sh -c "echo \$x"'; bash -e -c 'false; echo never'; echo $?; bash -o pipefail -c 'false|true; echo $?'
#### restricted shell
bash -r -c 'cd /' 2>/dev/null; echo $?; bash -r -c 'echo x >f' 2>/dev/null; echo $?
#### interactive features off
echo $PS1; case $- in *i*) echo i;; *) echo not;; esac
#### PS4 and xtrace to a descriptor
exec 7>tr; BASH_XTRACEFD=7; PS4='>> '; set -x; echo a; set +x; cat tr
#### IFS saved and restored
f() { local IFS=,; echo "$*"; }; f a b c; x='1 2'; set -- $x; echo $#
#### arrays through the environment are not exported
export a=(1 2); bash -c 'echo ${a-none}'
#### GROUPS, UID, EUID are numbers
[[ $UID$EUID$GROUPS =~ ^[0-9]+$ ]] && echo ok; (UID=5) 2>/dev/null; echo $?
#### SHLVL
a=$SHLVL; b=$(bash -c 'echo $SHLVL'); echo $((b-a))
#### BASH_COMMAND and DEBUG
trap 'echo "cmd: $BASH_COMMAND"' DEBUG; x=1; echo $x
#### $_ 
echo a b; echo $_; true x y; echo $_
#### shopt -s compat and failures
shopt -s nosuch 2>/dev/null; echo $?; shopt -p nullglob
#### wait for process substitution
cat <(sleep .05; echo x); wait $!; echo $?
#### exit code over 255 and signals
f() { return 300; }; f; echo $?; (exit 130); echo $?
#### trap in functions is global
f() { trap 'echo trapped' USR2; }; f; kill -USR2 $$
#### select with empty list
select x in; do echo never; done; echo $?
#### coproc only once
coproc A { cat; }; x=${#A[@]}; echo $x; eval "exec ${A[1]}>&-"; wait $A_PID; echo $?
