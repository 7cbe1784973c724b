rm -rf /tmp/mz; mkdir -p /tmp/mz; cd /tmp/mz
printf 'hello\n\001\002world\n' | xxd; printf 'hello' | xxd -p; echo 68656c6c6f | xxd -r -p; echo; printf abc | xxd -b; printf abcdefgh | xxd -i; printf 'abcdefghijklmnopq' | xxd -e -g4 | xxd -s 3 -l 10
echo '2^100; scale=20; 1/7; sqrt(2)' | bc; echo 's(1);e(1);a(1)*4;l(2)' | bc -l; echo 'define f(n){if(n<2)return 1;return n*f(n-1)} f(30)' | bc; echo 'ibase=16; FF; obase=2; 5' | bc; echo '1/0' | bc 2>&1
printf 'one\ntwo\nthree\n' >o; printf 'one\n2\nthree\nfour\n' >n; diff -u --label o --label n o n >p; cp o x; patch x <p; cmp x n && echo patched; patch -R x <p; cmp x o && echo reversed; cp o y; sed -i 's/two/zzz/' y; patch y <p; echo rc $?; cat y.rej; patch --dry-run x <p; patch -p1 <<E
--- a/new	1970-01-01 00:00:00
+++ b/new	2020-01-01 00:00:00
@@ -0,0 +1 @@
+new file
E
cat new
