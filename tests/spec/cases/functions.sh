#### definitions
f() { echo f; }; function g { echo g; }; function h() { echo h; }; f; g; h; k() (echo sub; x=1); x=0; k; echo $x
#### arguments
f() { echo $# "$1" "$*" "$0"; shift; echo "$@"; }; f a 'b c' d
#### local variables
x=g; f() { local x=l y; y=1; echo $x; g; }; g() { echo "dynamic $x"; x=changed; }; f; echo $x ${y-unset}
#### local -r and unset
f() { local -r c=1; echo $c; (c=2) 2>/dev/null || echo refused; }; f; c=5; echo $c; g() { local x=1; unset x; echo ${x-none}; }; x=out; g
#### recursion
f() { (($1)) || { echo end; return; }; f $(($1-1)); }; f 200
#### return value through output and globals
add() { echo $(($1+$2)); }; r=$(add 2 3); echo $r; set_r() { REPLY=$1; }; set_r v; echo $REPLY
#### name reference
f() { local -n out=$1; out="$2"; }; f result value; echo $result; declare -n ref=target; ref=5; echo $target ${!ref}; unset -n ref; echo $target
#### functions override builtins
cd() { echo "cd $*"; }; cd /tmp; builtin cd /; pwd; unset -f cd; echo() { printf 'E:%s\n' "$*"; }; echo x; command echo y; unset -f echo; echo z
#### redirection on a definition
f() { echo body; } >f.out; f; cat f.out
#### declare -f
f() { if true; then echo "a b"; fi; for x in 1 2; do :; done | cat; }; declare -f f; declare -F f
#### unset functions and variables
f() { :; }; f=1; unset f; echo ${f-none}; f && echo func; unset f; f 2>/dev/null; echo $?
#### export -f
f() { echo exported $1; }; export -f f; bash -c 'f x; type -t f'; export -nf f; bash -c 'type -t f'; echo $?
#### caller and FUNCNAME
f() { echo ${FUNCNAME[@]}; caller 0 | cut -d' ' -f2; }; g() { f; }; g
#### BASH_SOURCE
echo 'echo ${BASH_SOURCE[0]}' >s; . ./s; bash s
#### variables visible to children
a=1; export b=2; c=3 sh -c 'echo "${a-no} ${b-no} ${c-no}"'; echo ${c-no}; declare -x d=4; sh -c 'echo $d'; export -n b; sh -c 'echo ${b-no}'
#### readonly
readonly x=1; (x=2) 2>/dev/null; echo $?; (unset x) 2>/dev/null; echo $?; readonly -p | grep -c ' x='
#### declare flags
declare -u U=abc; declare -l L=ABC; echo $U $L; declare -i I=1+1; echo $I; typeset -x T=1; declare -p T; f() { declare -g G=glob; }; f; echo $G
#### getopts
f() { local OPTIND o; while getopts ':ab:c' o "$@"; do case $o in a|c) echo "opt $o";; b) echo "b=$OPTARG";; :) echo "missing $OPTARG";; \?) echo "bad $OPTARG";; esac; done; shift $((OPTIND-1)); echo "rest $*"; }; f -a -b val -c x y; f -ab; f -z -- -a; f -bval -ac rest
#### getopts, noisy
f() { while getopts 'a' o; do :; done; }; f -x 2>&1
#### getopt(1)
getopt -o ab: -l alpha,beta: -- -a --beta=x file -b y
#### type and command
type cd | head -1; type -t cd ls if f 2>/dev/null; f() { :; }; type -t f; command -v cd; command -v nosuch; echo $?; alias ll='ls -l'; type -t ll
#### builtin and enable
builtin echo x; builtin nosuch 2>/dev/null; echo $?; enable -n echo; type -t echo; enable echo; type -t echo
#### alias
shopt -s expand_aliases
alias hi='echo hello'
hi world
unalias hi; alias | wc -l
#### printf builtin
printf '%s-%s\n' a b c; printf '%b|%s\n' 'a\tb' 'a\tb'; printf '%5s|%-5s|%.2s\n' abc abc abc; printf '%c%c\n' xyz q; printf '%%\n'; printf '%s\n'; printf '%d\n' "'A"; printf -v v '%03d' 7; echo $v; printf '%(%Y-%m-%d)T\n' 0
#### printf errors
printf '%d\n' abc 2>/dev/null; echo $?; printf '%z' 2>/dev/null; echo $?; printf; echo $?
#### echo options
echo -n a; echo b; echo -e 'a\tb\n\x41\0101\c never'; echo -E 'a\tb'; echo -- -n; echo -nn; echo; shopt -s xpg_echo; echo 'a\tb'
#### read
read x <<<'  a b  '; echo "<$x>"; IFS= read -r x <<<'  a\b  '; echo "<$x>"; read a b <<<'1 2 3'; echo "$b"; read -n 3 x <<<abcdef; echo $x; read -d : x <<<'a:b'; echo $x; read x </dev/null; echo $?
#### read with backslashes
read x <<'E'
a\
b\tc
E
echo "$x"; read -r x <<'E'
a\b
E
echo "$x"
#### read -t and -N
read -t 0.1 x < <(sleep 2); echo $(($?>128)); read -N 4 x <<<'a b c'; echo "<$x>"; read -t 0 <<<x; echo $?
#### read several lines
while IFS=: read -r u p; do echo "$u/$p"; done <<E
root:x
user:y:z
nopass
E
#### read without a final newline
printf 'a\nb' | while read x; do echo $x; done; printf 'a\nb' | while read x || [ -n "$x" ]; do echo $x; done
#### shift and set in functions
f() { set -- x "$@"; shift 2; echo "$@"; }; f 1 2 3; echo $#
#### recursion with local arrays
walk() { local -a k=($(ls $1 2>/dev/null)); local e; for e in ${k[@]}; do echo $1/$e; [ -d $1/$e ] && walk $1/$e; done; }; mkdir -p a/b/c; touch a/x a/b/y; walk a
#### hash, pwd, dirs
mkdir -p d/e; cd d/e; basename $PWD; cd - >/dev/null; pushd d >/dev/null; dirs | wc -w; popd >/dev/null; cd d && cd .. && ls; (cd none) 2>/dev/null; echo $?; CDPATH=d; cd e >/dev/null && basename $PWD
#### cd through links
mkdir -p real/sub; ln -s real/sub l; cd l; basename $PWD; basename $(pwd -P); cd ..; [ -e l ] && echo logical; cd -P l; cd ..; [ -e sub ] && echo physical
#### umask
umask 027; touch f; mkdir d; stat -c %a f d; umask; umask -S; umask u=rwx,go=; umask
#### times and ulimit
times | wc -l; ulimit -n 50; ulimit -n; ulimit -Sn 40; ulimit -Hn; (ulimit -f 1; dd if=/dev/zero of=big bs=1k count=100 2>/dev/null; echo $?); ulimit -c 0; ulimit -c
#### help and version
bash --version | head -1 | cut -d'(' -f1; help true | head -1
#### let with spaces and quotes
let 'x = 3 * 4' "y = x + 1"; echo $x $y
#### variable attributes survive functions
declare -i n=1; f() { n=n+5; }; f; echo $n
#### trap RETURN and DEBUG
f() { trap 'echo returned' RETURN; echo body; }; f; trap - RETURN; g() { :; }; trap 'echo dbg' DEBUG; x=1; trap - DEBUG
