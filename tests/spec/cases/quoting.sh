#### single quotes keep everything
echo 'a $HOME `x` "q" \n \'
#### double quotes expand
x=1; echo "a $x ${x}b \$x \" \\ \` \n"
#### backslash newline joins
echo one\
two "three\
four" 'five\
six'
#### dollar single quote escapes
printf '%s|' $'a\tb' $'\x41\u00e9\101' $'it\'s' $'\e[0m' $'\cA' | od -An -c
#### empty strings stay words
f() { echo $#; }; f '' "" "$nothing" $nothing ''$nothing
#### adjacent quotes make one word
x='a b'; printf '<%s>' 'x'"$x"y\ z; echo
#### word splitting of an unquoted variable
x='  a  b	c
d '; printf '<%s>' $x; echo; printf '<%s>' "$x"; echo
#### IFS with a non-blank separator
IFS=:; x='a::b:c:'; set -- $x; echo $#; printf '<%s>' "$@"; echo
#### IFS mixed
IFS=' ,'; x=' a , b,,c '; set -- $x; printf '<%s>' "$@"; echo $#
#### empty IFS does not split
IFS=; x='a b'; set -- $x; echo $#
#### unset IFS splits as the default
unset IFS; x='a b'; set -- $x; echo $#
#### $@ and $* in quotes
set -- 'a b' c; printf '<%s>' "$@"; echo; printf '<%s>' "$*"; echo; IFS=-; echo "$*"; printf '<%s>' $*; echo
#### $@ within a word
set -- 1 2 3; printf '<%s>' "x$@y"; echo; set --; printf '<%s>' "x$@y"; echo
#### tilde
HOME=/h; echo ~ ~/x "~" a~ ~nosuchuser x=~ ; y=~/a:~/b; echo $y
#### comments
echo a#b # comment
echo '#' \# x # y
#### locale string quoting
echo $"hello"
#### printf %q and ${x@Q}
x=$'a b\n\'c'; printf '%q\n' "$x" '' 'plain' 'a*b' '~' ; echo "${x@Q}"
#### quotes inside command substitution inside quotes
echo "a $(echo "b $(echo "c d")") e"
#### backquotes nest with backslashes
echo `echo a \`echo b\` c`
#### braces in quotes are not expanded
echo "{a,b}" {a,b} '{1..3}' {1..3}
#### unicode length and slices
LC_ALL=C.UTF-8; x='héllo €'; echo ${#x} ${x:1:3} ${x#h?}; x=日本語; echo ${#x} ${x:1:1}
#### invalid UTF-8 passes through
printf 'a\xffb\n' | while IFS= read -r x; do printf '%s' "$x" | od -An -tx1; done
#### unterminated quote is an error
eval 'echo "abc' 2>/dev/null; echo $?
#### NUL bytes are dropped in command substitution
x=$(printf 'a\0b' 2>/dev/null); echo ${#x}
