#### sort
printf 'b 2\na 10\nc 1\n' >f; sort f; sort -k2n f; sort -r f; sort -k2 f; printf '3\n1\n3\n2\n' | sort -nu; printf '1K\n2M\n500\n' | sort -h; printf 'v1.10\nv1.9\n' | sort -V
#### sort with keys and separators
printf 'x:3:b\ny:1:a\nz:2:b\n' | sort -t: -k3,3 -k2,2nr; printf 'a,B\nc,a\n' | sort -t, -f -k2; printf 'b\nA\na\nB\n' | LC_ALL=C sort; printf 'b\nA\n' | sort -c 2>/dev/null; echo $?
#### uniq and comm
printf 'a\na\nb\nc\nc\n' | uniq -c; printf 'a\na\nb\n' | uniq -d; printf 'a\na\nb\n' | uniq -u; comm <(printf 'a\nb\n') <(printf 'b\nc\n'); comm -12 <(seq 5) <(seq 3 7)
#### cut
printf 'a:b:c\nd:e\nnone\n' | cut -d: -f2; printf 'a:b:c\n' | cut -d: -f1,3; echo abcdef | cut -c2-4; echo abcdef | cut -c-2,5-; printf 'a:b\nnone\n' | cut -sd: -f1; echo a:b:c | cut -d: --output-delimiter=- -f1-3
#### tr
echo hello | tr a-y b-z; echo hello | tr -d l; echo aabbcc | tr -s b; echo 'a b' | tr ' ' '\n'; echo abc123 | tr -cd '0-9\n'; echo abc | tr '[:lower:]' '[:upper:]'
#### head and tail
seq 20 >f; head -n 2 f; tail -n 2 f; tail -n +19 f; head -n -18 f; head -c 4 f; tail -c 3 f; seq 3 | head -1; tail -n 1 f f
#### wc
printf 'a b\nc\n' >f; wc f; wc -l <f; wc -w f; wc -c f; wc -m <<<'é€'; wc -L f; wc f f | tail -1
#### nl, tac, rev, fold, fmt, pr
printf 'a\n\nb\n' | nl; seq 3 | tac; echo abc | rev; echo abcdefgh | fold -w 3; echo 'one two three four five' | fmt -w 10; printf '1\n2\n3\n4\n' | pr -2 -t -l 2 | expand
#### paste and join
paste -d, <(seq 3) <(echo a; echo b); seq 4 | paste -sd+; seq 6 | paste - - -; join <(printf '1 a\n2 b\n') <(printf '1 x\n3 y\n'); join -a1 -e- -o 0,1.2,2.2 <(printf '1 a\n2 b\n') <(printf '1 x\n')
#### split and csplit
seq 10 >f; split -l 4 f p.; wc -l p.* | head -3; cat p.* | cmp - f && echo same; split -n 2 -d f q; ls q*; csplit -s f 4 8; cat xx01
#### od and hexdump
printf 'AB\n\xff' | od -c; printf 'AB' | od -An -tx1; printf 'ABCD' | od -An -tu2 -td4; printf 'hello' | xxd; printf 'hello' | xxd -p; echo 68690a | xxd -r -p; printf 'hi' | hexdump -C
#### checksums
printf abc | md5sum; printf abc | sha1sum; printf abc | sha256sum; printf abc | sha512sum | cut -c1-32; printf abc | cksum; printf abc | sum; printf abc | b2sum | cut -c1-20; echo x >f; sha256sum f >s; sha256sum -c s
#### base64
printf 'hello world' | base64; echo aGVsbG8= | base64 -d; printf '\0\1' | base32; head -c 100 /dev/zero | base64 -w 20 | tail -1; echo '!!' | base64 -d 2>/dev/null; echo $?
#### grep
printf 'apple\nbanana\ncherry\n' >f; grep an f; grep -c a f; grep -n e f; grep -v a f; grep -i APP f; grep -o 'an' f; grep -x apple f; grep -q zzz f; echo $?; grep x nosuch 2>/dev/null; echo $?
#### grep with expressions
printf 'a1\nb22\nc333\n' | grep -E '[0-9]{2,}'; printf 'a.b\naxb\n' | grep -F a.b; printf 'foo bar\n' | grep -oE '\w+'; printf 'cat\ndog\n' | grep -e cat -e dog; printf 'x\nfoo\ny\n' | grep -A1 -B1 foo; echo abab | grep -E '^(ab)\1$'
#### grep -P
echo 'price: 42 USD' | grep -oP '\d+(?= USD)'; echo foobar | grep -P 'foo(?!baz)'; echo 'key=val' | grep -oP 'key=\K\w+'; printf 'a\tb\n' | grep -cP '\t'
#### grep -r
mkdir -p d/e; echo needle >d/1; echo hay >d/2; echo needle >d/e/3; grep -rl needle d | sort; grep -rn needle d | sort; grep -rL needle d; grep -r --include='1' needle .; grep -rc needle d | sort; grep -h needle d/1 d/e/3
#### grep options
printf 'a\0b\n' | grep -c a; printf 'a\0b\n' | grep b; printf 'one two\n' | grep -w one; grep -m1 1 <(seq 20); seq 12 | grep -b 10; printf 'x:y\n' | grep --color=always y | od -An -c | head -2; grep -s x none; echo $?; grep -E '(' <<<x 2>/dev/null; echo $?
#### sed
printf 'a\nb\nc\n' >f; sed -n 2p f; sed 2d f; sed 's/b/X/' f; sed '/b/,$d' f; sed -n '$p' f; sed '1i\top' f; sed '$a end' f; sed 2q f; sed = f | head -2; sed y/abc/xyz/ f
#### sed substitution
echo 'foo bar foo' | sed 's/foo/X/g; s/bar/[&]/'; echo abc | sed -E 's/(a)(b)/\2\1/'; echo aaa | sed 's/a/b/2'; echo Hello | sed 's/.*/\U&/; s/E/\l&/'; echo a/b | sed 's|/|-|'; echo x | sed 's/x/a\nb/'; echo abc | sed -n 's/b/X/p'; echo Foo | sed 's/foo/bar/I'
#### sed -i
echo old >f; sed -i 's/old/new/' f; cat f; sed -i.bak s/new/newer/ f; cat f f.bak; printf 'a\nb\n' >g; sed -i -e 1d -e s/b/c/ g; cat g
#### sed programs
printf 'a\nb\nc\nd\n' | sed 'N;s/\n/-/'; seq 3 | sed -n 'H;${x;s/\n/,/g;s/^,//;p}'; seq 5 | sed '1!G;h;$!d'; printf 'x=1\ny=2\n' | sed -n '/^y/s/.*=//p'; printf 'a\n\n\nb\n' | sed '/^$/N;/\n$/D'; seq 10 | sed -n '2~3p'; seq 6 | sed -n '/2/,/4/p'; echo abc | sed ':a;s/^\(x*\)[^x]/\1x/;ta'
#### sed errors
echo a | sed 's/a' 2>/dev/null; echo $?; sed -n p nosuch 2>/dev/null; echo $?; echo a | sed 'q5'; echo $?
#### awk
printf 'a 1\nb 2\nc 3\n' >f; awk '{print $2}' f; awk '{s+=$2} END {print s, NR, s/NR}' f; awk '$2>1' f; awk '/b/' f; awk -F: '{print $1}' <<<'x:y'; awk 'NR==2{print NF, $0}' f; awk -v x=5 'BEGIN{print x*2}'
#### awk arrays and functions
printf 'a\nb\na\n' | awk '{c[$1]++} END {for (k in c) print k, c[k]}' | sort; awk 'function f(n) {return n<2?n:f(n-1)+f(n-2)} BEGIN {print f(15)}'; awk 'BEGIN {n=split("a,b,c",p,","); print n, p[2]; print length("hello"), substr("hello",2,3), index("hello","l"), toupper("x")}'
#### awk text functions
echo 'hello world' | awk '{gsub(/o/,"0"); print; sub(/w/,"W"); print; print match($0,/l+/), RSTART, RLENGTH}'; awk 'BEGIN {printf "%5.2f|%-5s|%05d|%x|%c|%e\n", 3.14159, "ab", 42, 255, 65, 12345.678}'; awk 'BEGIN {print 1/3; print 1e6; print 123456789; print 0.1+0.2; print 2**10, 7%3, int(-3.7)}'
#### awk input and output
printf '1 2\n3 4\n' >f; awk '{print $1 > "o1"; print $2 >> "o2"} END {close("o1"); while ((getline l < "o1") > 0) print "l", l}' f; cat o2; awk 'BEGIN {"echo sub" | getline x; print x; print "b\na" | "sort"; close("sort"); system("echo sys")}'; awk 'BEGIN{OFS="-"; $0="a b c"; $1=$1; print; NF=2; print}'
#### awk records
printf 'a b\nc\n\nd e\nf\n' | awk 'BEGIN{RS=""}{print NR": "$1" "$NF}'; printf 'a;b;c' | awk 'BEGIN{RS=";"}{print}'; printf 'x1y22z' | awk 'BEGIN{RS="[0-9]+"}{print}'; echo 'a,b;c' | awk -F'[,;]' '{print $3}'; awk 'BEGIN{print length()}' </dev/null; awk 'END{print NR}' /dev/null
#### gawk
awk 'BEGIN {print strftime("%Y-%m-%d", 0, 1); print gensub(/(a)(b)/, "\\2\\1", "g", "abab"); a["x"]=3; a["y"]=1; n=asorti(a, k); print n, k[1]; print toupper(substr("x",1)); print and(12,10), or(12,10), xor(12,10), lshift(1,4)}'; awk 'BEGIN{PROCINFO["sorted_in"]="@val_num_desc"; a["p"]=1; a["q"]=5; for (k in a) print k}'; echo a:b | awk 'BEGIN{FPAT="[a-z]"}{print $2}'
#### awk exit and errors
awk 'BEGIN{exit 3}'; echo $?; awk 'BEGIN{print' 2>/dev/null; echo $?; awk '{print}' nosuch 2>/dev/null; echo $?; echo x | awk '{exit} END{print "end"}'
#### diff
printf 'a\nb\nc\n' >x; printf 'a\nB\nc\nd\n' >y; diff x y; echo $?; diff -u x y | tail -n +3; diff -q x y; diff x x; echo $?; diff -y -W 20 x y; diff --brief x nosuch 2>/dev/null; echo $?
#### diff -r and patch
mkdir a b; echo 1 >a/f; echo 2 >b/f; echo x >b/new; diff -r a b; diff -ruN a b | grep -v '^diff' | sed 's/\t.*//' >p; cat p; cd a && patch -p1 <../p; cat f new
#### cmp
## L-LIBC-001 exit 1
##| a b differ: char 3, line 1
##| 1
##| 0
##| 1
##| 3 143 144
printf abc >a; printf abd >b; cmp a b; echo $?; cmp a a; echo $?; cmp -s a b; echo $?; cmp -l a b
#### column
printf 'a bb c\naaa b cc\n' | column -t; printf 'a,b\nccc,d\n' | column -s, -t
#### expand, unexpand, strings-like
printf 'a\tb\n' | expand; printf 'a\tb\n' | expand -t 4; printf '        x\n' | unexpand | od -An -c
#### shuf and sort -R keep the lines
seq 10 | shuf | sort -n | paste -sd' '; shuf -i 1-5 -n 5 | sort | paste -sd,; shuf -e a b c | wc -l
#### numfmt and factor
numfmt --to=iec 1048576; numfmt --from=si 1K; numfmt --grouping 1000 2>/dev/null; factor 12 97 1001; echo 1500 | numfmt --to=si
#### tsort, ptx-free tools
printf 'a b\nb c\n' | tsort; printf 'x\n' | sed l; yes abc | head -2 | paste -sd' '; echo a b c | xargs -n1 | tac
#### iconv-free unicode
printf 'é\n' | od -An -tx1; echo 'ÀÉ' | sed 's/./x/g'; echo '日本語' | cut -c1-3 | wc -c; echo 'ñandú' | awk '{print length($0), toupper($0)}'; printf '%s\n' é e z | sort | head -1
#### large text
seq 1 100000 | awk '{s+=$1} END {print s}'; seq 1 50000 | sort -rn | head -2; seq 1 30000 | grep -c 7; seq 1 20000 | sed 's/1/x/g' | md5sum; seq 1 20000 | tr -d '\n' | wc -c
