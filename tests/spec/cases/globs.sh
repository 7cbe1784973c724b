#### basic
touch a.c b.c c.h .hid; echo *; echo *.c; echo ?.h; echo [ab].c; echo [!a].c; echo [a-b]*; echo .*; echo *.x
#### in directories
mkdir -p d/e; touch d/1 d/e/2; echo d/*; echo */e/*; echo */; echo d/[e]/
#### quoting stops globs
touch ab; echo "a*" a\* 'a'*; x='a*'; echo $x "$x"
#### extglob
shopt -s extglob
touch foo bar foobar ab aab abc; echo !(foo*); echo @(foo|bar); echo +(a)b; echo ?(a)ab; echo *(a)b*; echo !(*o*)
#### globstar
shopt -s globstar; mkdir -p x/y/z; touch x/1 x/y/2 x/y/z/3; echo **; echo **/*[0-9]; echo x/**/3; echo **/
#### dotglob and nocaseglob
touch A b .c; shopt -s dotglob; echo *; shopt -u dotglob; shopt -s nocaseglob; echo a* B*
#### failglob
shopt -s failglob; (echo no*) 2>/dev/null; echo $?
#### GLOBIGNORE
touch a b c; GLOBIGNORE='a:b'; echo *
#### sort order
touch b a C 10 9 _x é; LC_ALL=C; echo *
#### names with blanks and odd characters
touch 'a b' 'c*d' "e'f" $'g\nh' -- '-i'; for f in *; do printf '<%q>' "$f"; done; echo; ls -1 | wc -l; rm -- *; ls -A | wc -l
#### character classes
touch 1 a B _; echo [[:digit:]] [[:alpha:]] [[:upper:]] [![:alnum:]]
#### many files
for i in {1..500}; do : >f$i; done; set -- f*; echo $# $1 ${!#}; rm f*; ls | wc -l
#### matching in [[ and case is not against files
cd /; [[ x == * ]] && echo yes; case anything in *) echo all;; esac
#### compgen
touch aa ab b; compgen -f a | sort; compgen -W 'one two three' t; compgen -b ec; compgen -A function nosuch; echo $?
#### find
mkdir -p d/e; echo 12345 >d/a.txt; touch d/e/b.log d/.h; ln -s a.txt d/l; find d | sort; find d -name '*.txt'; find d -type f -size +1c; find d -type l; find d -maxdepth 1 -type d | sort; find d -empty | sort
#### find -exec
touch a b c; find . -type f -exec echo {} + | tr ' ' '\n' | sort; find . -type f -exec sh -c 'echo "<$1>"' _ {} \; | sort; find . -name a -delete; ls
#### find logic
mkdir -p x/skip y; touch x/1.c x/skip/2.c y/3.h; find . -path ./x/skip -prune -o -name '*.[ch]' -print | sort; find . \( -name '*.c' -o -name '*.h' \) ! -path '*skip*' | sort; find . -newer y/3.h -name nosuch; echo $?
#### find -printf
echo hello >f; chmod 640 f; touch -d '2020-02-03 04:05:06 UTC' f; find f -printf '%f %s %m %y %TY-%Tm-%Td %p\n'; find . -printf '%d %P\n' | sort
#### find with times and permissions
touch -d '10 days ago' old; touch new; find . -type f -mtime +5; find . -type f -mmin -5; chmod 755 new; find . -type f -perm -u+x; find . -type f -perm 644
#### find -print0 | xargs -0
touch 'a b' c; find . -type f -print0 | xargs -0 -n1 basename | sort; find . -type f -print0 | sort -z | tr '\0' '\n'
#### ls
mkdir d; touch b a .h; ln -s a l; ls; ls -a; ls -A; ls -F; ls -r; ls -d d; ls -1 nosuch 2>&1; echo $?
#### ls -l
echo hi >f; chmod 751 f; touch -d '2020-01-02 03:04:05' f; ls -l --time-style=+%F f | sed 's/ root / U /g'; ls -ln f | cut -d' ' -f1; ls -s f >/dev/null; ls -lt | head -1
#### ls sorting
echo 1 >s; printf %0100d 0 >m; printf %01000d 0 >l; touch -d 2001-01-01 s; touch -d 2003-01-01 m; touch -d 2002-01-01 l; ls -S; ls -t; ls -tr; ls -X; ls -v; ls --group-directories-first
#### tree of du
mkdir -p a/b; printf %05000d 0 >a/b/f; printf %01000d 0 >a/g; find a -type f -exec du -b {} + | sort -k2; du -sb a/g | cut -f1
