#### operators
echo $((1+2*3)) $(((1+2)*3)) $((7/2)) $((-7/2)) $((7%3)) $((-7%3)) $((2**10)) $((1<<4)) $((255>>2)) $((5&3)) $((5|3)) $((5^3)) $((~5)) $((!5)) $((!0))
#### comparisons and logic
echo $((1<2)) $((2<=1)) $((1==1)) $((1!=1)) $((1&&0)) $((1||0)) $((1?2:3)) $((0?2:3)) $((1,2))
#### bases
echo $((0x1f)) $((010)) $((2#1010)) $((16#ff)) $((36#z)) $((64#_))
#### assignment
x=5; echo $((x+=3)) $((x<<=1)) $((x--)) $x $((--x)) $((x%=4)) $((y=7)) $y
#### 64 bits wrap
echo $((9223372036854775807+1)) $((0x7fffffffffffffff)) $((-9223372036854775808)) $((1<<63)) $((1<<64))
#### names without a dollar, nested
a=b; b=3; echo $((a+1)) $((a*a)); unset n; echo $((n+1))
#### division by zero
(echo $((1/0))) 2>&1; echo $?; (echo $((1%0))) 2>/dev/null; echo $?
#### let and (( ))
let x=3+4 y=x*2; echo $x $y; ((x>5)) && echo big; ((0)); echo $?; let z=0; echo $?
#### for ((
for ((i=0,j=10;i<j;i+=3,j-=2)); do echo $i $j; done; for ((;;)); do break; done; echo $?
#### while with arithmetic
i=0; while ((i<3)); do ((i++)); done; echo $i
#### syntax errors
(echo $((1+))) 2>/dev/null; echo $?; (echo $((08))) 2>/dev/null; echo $?; x=abc; echo $((x))
#### integers by declare
declare -i n; n=2+3; echo $n; n=n*2; echo $n; n=abc; echo $n
#### ternary chain
for x in 5 15 25; do echo $((x<10?1:x<20?2:3)); done
#### short circuit has no side effect
x=0; ((0 && (x=1))); ((1 || (x=2))); echo $x
#### pre and post increments in arrays
a=(1 2 3); i=0; echo $((a[i++]+a[i++])) $i
#### precedence
echo $((2+3<<1)) $((1|2^3&4)) $((-2**2)) $((2**3**2)) $((!1+1)) $((1+2==3&&4>3))
#### factorial
f=1; for i in {1..20}; do ((f*=i)); done; echo $f
#### greatest common divisor
gcd() { local a=$1 b=$2 t; while ((b)); do ((t=a%b,a=b,b=t)); done; echo $a; }; gcd 1071 462
#### primes
for n in {2..30}; do p=1; for ((d=2;d*d<=n;d++)); do ((n%d==0)) && { p=0; break; }; done; ((p)) && printf '%d ' $n; done; echo
#### fibonacci by recursion
fib() { (($1<2)) && { echo $1; return; }; echo $(($(fib $(($1-1)))+$(fib $(($1-2))))); }; fib 9
#### bc
echo 'scale=5; 22/7; 2^100; sqrt(2)' | bc
#### expr
expr 1 + 2 \* 3; expr length hello; expr substr hello 2 3; expr abc : 'a\(.\)'; expr 5 \> 3; expr 0; echo $?
#### printf of numbers
printf '%d %i %o %x %X %#x %5d|%-5d|%05d|%+d\n' 42 0x10 8 255 255 255 1 2 3 4; printf '%.2f %e %g %10.3f|\n' 3.14159 1234.5 0.0001 2.5
#### numeric test against strings
[ 10 -gt 9 ] && echo num; [[ 10 > 9 ]] || echo str; [[ 2 -lt 10 ]] && echo n
#### hexadecimal output loop
for i in 0 10 15 16 255; do printf '%x ' $i; done; echo
#### seq
seq 3; seq 2 4; seq 10 -3 1; seq -s, 5; seq -w 8 10; seq 0 .5 2
