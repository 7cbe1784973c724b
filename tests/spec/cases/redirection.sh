#### output, append, input
echo a >f; echo b >>f; cat <f; echo c >|f; cat f
#### noclobber
set -C; echo a >f; (echo b >f) 2>/dev/null; echo $?; echo c >|f; cat f
#### stderr
{ echo out; echo err >&2; } 2>e >o; cat e o; { echo out; echo err >&2; } >both 2>&1; cat both; { echo x; echo y >&2; } &>amp; cat amp; { echo z >&2; } &>>amp; tail -1 amp
#### order of redirections
{ echo out; echo err >&2; } 2>&1 >/dev/null
#### descriptors
exec 3>f; echo three >&3; exec 3>&-; cat f; exec 4<f; read x <&4; echo $x; exec 4<&-; (echo z >&3) 2>/dev/null; echo $?
#### named descriptors
exec {fd}>f; echo named >&$fd; exec {fd}>&-; cat f; [ $fd -ge 10 ] && echo ok
#### move a descriptor
exec 5>f; exec 6>&5-; echo moved >&6; (echo x >&5) 2>/dev/null || echo closed; cat f
#### read-write
printf 'abcdef' >f; exec 3<>f; read -n 2 x <&3; echo -n XY >&3; exec 3>&-; echo $x; cat f; echo
#### here document
x=1; cat <<E
a $x $(echo sub) \$x `echo old`
"quoted" \\ 'single'
E
#### quoted here document
x=1; cat <<'E'
a $x $(echo sub) \$x
E
#### here document with tabs
cat <<-E
	one
		two
	E
#### two here documents
cat <<A; cat <<B
first
A
second
B
#### here document into a loop
while read -r a b; do echo "$b-$a"; done <<E
1 2
3 4 5
E
#### here string
cat <<<"a b"; x='p q'; read a b <<<$x; echo $b; cat <<<'' | wc -c
#### here document in a function and in a substitution
f() { cat <<E
in $1
E
}; f x; y=$(cat <<E
z
E
); echo $y
#### a redirection that fails
cat </no/such/file 2>/dev/null; echo $?; echo x >/no/dir/f 2>/dev/null; echo $?; { echo a; } </no/file 2>/dev/null || echo failed
#### message of a failing redirection
cat </no/such/file; :
echo $? 2>&1 >/dev/null; (cat </no/such/file) 2>&1
#### redirection of compound commands
for i in 1 2; do echo $i; done >f; cat f; if true; then echo yes; fi >g; cat g; while read x; do echo "<$x>"; done <f
#### exec redirects the shell
(exec >f; echo hidden); cat f; (exec 2>&1; ls /no/such 2>/dev/null; echo on >&2)
#### close standard output
(exec >&-; echo x) 2>/dev/null; echo $?
#### a pipe to a group
printf '3\n1\n2\n' | { read first; echo $first; sort; }
#### pipe both
{ echo a; echo b >&2; } |& sort
#### redirection before the command
>f echo first; <f cat; 2>/dev/null ls /no/such; echo $?
#### variable as the target
t='my file'; echo x >"$t"; ls; (echo y >$t) 2>/dev/null; echo $?
#### append from several writers
for i in 1 2 3; do echo $i >>log & wait; done; cat log
#### tee
echo hi | tee a b; cat a b; echo more | tee -a a >/dev/null; cat a
#### dev files
echo x >/dev/null; wc -c </dev/null; head -c 4 /dev/zero | od -An -tx1; echo via >/dev/stderr 2>/dev/null; echo out >/dev/stdout; echo /dev/fd | cat /dev/stdin
#### process substitution
diff <(printf 'a\nb\n') <(printf 'a\nc\n'); cat <(echo x) <(echo y); echo data > >(sed 's/^/got /'); sleep .1
#### process substitution as an argument
f() { cat "$1"; }; f <(echo via); while read l; do echo "l=$l"; done < <(seq 2); paste <(seq 3) <(seq 4 6)
#### sparse and truncate
truncate -s 1000000 f; stat -c %s f; echo x >f; stat -c %s f
#### read and write the same file
printf 'b\na\n' >f; sort f -o f; cat f; x=$(<f); echo "$x" | rev >f; cat f
#### dd
printf 'abcdefghij' | dd bs=2 skip=1 count=3 2>/dev/null; echo; dd if=/dev/zero of=f bs=1k count=2 2>/dev/null; stat -c %s f; printf X | dd of=f bs=1 seek=5 conv=notrunc 2>/dev/null; od -An -c -N 6 f
#### heredoc with a variable delimiter body and exit status
cat <<E | grep -c a
a
b
a
E
#### large here document
x=$(printf 'line %s\n' {1..20000}); cat <<E | wc -l
$x
E
