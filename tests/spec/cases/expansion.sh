#### default values
unset a; b=; echo ${a-x} ${a:-y} "${b-x}" ${b:-y} ${a=set} $a ${b:=set2} $b
#### alternative values
a=1; b=; unset c; echo "${a+x}|${b+x}|${b:+x}|${c+x}|${a:+x}"
#### error if unset
(unset a; echo ${a?custom message}; echo not reached) 2>&1; echo $?
#### error if unset, default message
(b=; echo ${b:?}) 2>&1; echo $?
#### length
x=hello; set -- a b c; arr=(1 22 333); echo ${#x} ${#} ${#@} ${#arr[@]} ${#arr[2]} ${#nothing}
#### prefix removal
x=/usr/local/lib/x.tar.gz; echo ${x#*/} ${x##*/} ${x%.*} ${x%%.*} ${x%/*} ${x#nomatch}
#### removal with quotes and variables
x='a*b*c'; p='*'; echo "${x#*\*}" "${x#a"*"}" "${x%"$p"*}" "${x##$p}"
#### substitution
x=banana; echo ${x/a/A} ${x//a/A} ${x/#b/B} ${x/%a/A} ${x//an} ${x/z/y}
#### substitution with patterns
x='foo.bar.baz'; echo ${x//[aeiou]/_} ${x/.*/!} ${x//./\/} "${x//\./ }"
#### ampersand in replacement
x=abc; echo "${x/b/[&]}" "${x/b/\&}"
#### substring
x=0123456789; echo ${x:3} ${x:3:2} ${x: -3} ${x: -3:2} ${x:2:-2} ${x:20} "${x:(-4):1}"
#### negative length below zero is an error
(x=abc; echo ${x:2:-2}) 2>&1; echo $?
#### case modification
x='hello World'; echo ${x^} ${x^^} ${x,} ${x,,} ${x~~} ${x^^[lo]}
#### indirection
a=b; b=c; echo ${!a}; c=(x y); n='c[1]'; echo ${!n}
#### names by prefix
zz_a=1 zz_b=2; echo ${!zz_*}; echo "${!zz_@}"
#### transformation operators
x=$'a\tb'; a=(1 2); declare -i n=5; echo "${x@Q}" "${x@E}" "${a[@]@A}" "${n@a}" "${a@a}"; y='\t|'; echo "${y@E}"; u=abc; echo ${u@U} ${u@u} ${u@L}
#### positional parameters
set -- a b c d e f g h i j k; echo $1 $10 ${10} ${11} $#; shift 3; echo $1 $#; shift 100; echo $? $#
#### slices of positional parameters
set -- a b c d; echo "${@:2}" "|" "${@:2:2}" "|" "${@: -1}"; echo ${@:0:1}
#### special parameters
false; echo $?; set -e; echo $-; set +e; true; echo $? $_
#### nested defaults
unset a b; echo ${a:-${b:-deep}} "${a:-"quoted $((1+1))"}" ${a:-'single $x'}
#### default with spaces splits when unquoted
f() { echo $#; }; unset a; f ${a:-x y z}; f "${a:-x y z}"
#### brace expansion
echo {a,b}{1,2} x{,y,z} {1..5} {5..1} {1..10..3} {a..e} {01..03} {e..a..2} {a} {a,b {1..a}
#### brace expansion nested
echo a{b{c,d},e{f,g}}h {{1..3},x}
#### brace expansion and variables
n=3; echo {1..$n}; eval echo {1..$n}
#### brace order with other expansions
a=1; echo {$a,$((a+1))}$a
#### command substitution strips newlines
x=$(printf 'a\n\nb\n\n\n'); printf '<%s>\n' "$x"
#### command substitution status
x=$(exit 3); echo $?; local_() { local x=$(exit 4); echo $?; }; local_
#### $(<file)
echo content >f; echo "$(<f)"
#### arithmetic expansion in words
x=5; echo a$((x*2))b $((x++)) $x $[1+2]
#### assignment before a command
x=1; x=2 env | grep '^x='; x=3 eval 'echo $x'; echo $x
#### several assignments expand left to right
a=1 b=$a c=$b; echo $a$b$c
#### append
x=a; x+=b; echo $x; declare -i n=3; n+=4; echo $n; a=(1); a+=(2 3); echo ${a[*]}
#### process id and random look right
[[ $$ =~ ^[0-9]+$ ]] && [[ $RANDOM =~ ^[0-9]+$ ]] && [[ $PPID =~ ^[0-9]+$ ]] && echo ok; (( $$ == BASHPID )) && echo same; (( $$ == $(echo $BASHPID) )) || echo other
#### SECONDS and EPOCHSECONDS
[[ $SECONDS =~ ^[0-9]+$ && $EPOCHSECONDS -gt 1600000000 && $EPOCHREALTIME == *.* ]] && echo ok
#### LINENO
echo $LINENO
echo $LINENO
f() { echo $LINENO; }
f
#### BASH_VERSINFO
echo ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}
#### set -u
set -u; echo ${x-unset}; (echo $x) 2>/dev/null; echo $?; echo "${@}" ok
#### glob in default
echo a >one.txt; unset z; echo ${z:-*.txt} "${z:-*.txt}"
#### pattern from variable in ${//}
p='[0-9]'; x=a1b2; echo ${x//$p/N} ${x//"$p"/N}
#### newline in expansion
x=$'l1\nl2'; echo $x; echo "$x"; echo "${x//$'\n'/,}"
#### ${!array[@]}
a=([3]=x [7]=y); echo ${!a[@]} ${#a[@]}
