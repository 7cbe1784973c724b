#### indexed arrays
a=(x 'y z' w); echo ${a[0]} "${a[1]}" ${#a[@]} "${a[@]}" ${a[-1]}; a[5]=five; echo ${!a[@]}; unset 'a[0]'; echo ${!a[*]} "${a[*]}"
#### quoting of array expansions
a=('a b' c); printf '<%s>' "${a[@]}"; printf '<%s>' "${a[*]}"; printf '<%s>' ${a[@]}; echo
#### IFS joins
a=(1 2 3); (IFS=,; echo "${a[*]}"); IFS=; echo "${a[*]}"
#### slices
a=(0 1 2 3 4 5); echo ${a[@]:2:3} "|" ${a[@]: -2} "|" ${a[@]:4}
#### operations on every element
a=(foo.c bar.c); echo ${a[@]%.c} ${a[@]/#/x-} ${a[@]^} ${a[@]/o/0}
#### associative arrays
declare -A m=([one]=1 [two]=2 ["a b"]=3); echo ${m[one]} ${m["a b"]} ${#m[@]}; for k in "${!m[@]}"; do echo "$k"; done | sort; unset 'm[one]'; echo ${m[one]-gone}; m[two]+=x; echo ${m[two]}
#### test of a key
declare -A m=([k]=); [[ -v m[k] ]] && echo yes; [[ -v m[z] ]] || echo no; a=(1); [[ -v a[0] ]] && echo yes; [[ -v a[1] ]] || echo no
#### mapfile
printf 'a\nb\nc' | { mapfile -t x; echo ${#x[@]} ${x[2]}; }; mapfile -t -n 2 -s 1 y < <(seq 5); echo ${y[@]}; mapfile -d : -t z <<<'a:b:c'; echo ${#z[@]} ${z[1]}
#### mapfile with a callback
mapfile -c 2 -C 'echo cb' -t v < <(seq 5)
#### read -a
read -ra w <<<'one two  three'; echo ${#w[@]} ${w[2]}; IFS=, read -ra v <<<'a,b,,c'; echo ${#v[@]} "${v[2]}" ${v[3]}
#### arrays with arithmetic
a=(1 2 3); ((a[1]+=10)); i=2; echo $((a[1]+a[i])) ${a[i-1]} ${a[$((0))]}
#### copies
a=(1 '2 3'); b=("${a[@]}"); b+=(4); echo ${#a[@]} ${#b[@]} "${b[1]}"
#### declare -p
a=(1 'x y'); declare -A m=([k]=v); declare -r r=1; declare -x e=2; declare -i n=3; declare -p a m r e n
#### loops over indices
a=(a b c); for i in "${!a[@]}"; do echo $i=${a[i]}; done
#### sparse arrays
a=([10]=x [2]=y [5]=z); echo "${a[@]}" ${!a[@]} ${#a[@]}; a=("${a[@]}"); echo ${!a[@]}
#### nested quoting of keys
declare -A m; k='a]b'; m["$k"]=1; m['$x']=2; for q in "${!m[@]}"; do echo "$q=${m[$q]}"; done | sort
#### array in a function is local
f() { local -a a=(1 2); echo ${#a[@]}; }; a=(x); f; echo ${#a[@]} $a
#### name reference to an array
f() { local -n r=$1; r+=(new); echo ${r[0]} ${#r[@]}; }; list=(a b); f list; echo ${list[2]}
#### readonly array
declare -ra c=(1 2); (c[0]=3) 2>/dev/null; echo $? ${c[0]}
#### array of arguments
args=(-n 'a b' c); printf '<%s>' "${args[@]}" ; echo; cmd=(echo hello "big world"); "${cmd[@]}"
#### empty array under set -u
set -u; a=(); echo "${a[@]}" ${#a[@]}; for x in "${a[@]}"; do echo never; done; echo end
#### sort an array
a=(pear apple fig); mapfile -t s < <(printf '%s\n' "${a[@]}" | sort); echo ${s[*]}
#### stack and queue
a=(); a+=(1); a+=(2); a+=(3); echo ${a[-1]}; unset 'a[-1]'; echo ${a[*]}; a=("${a[@]:1}"); echo ${a[*]}
#### string to characters
s=hello; for ((i=0;i<${#s};i++)); do c[i]=${s:i:1}; done; echo ${c[@]} ${#c[@]}
#### join and split
IFS=, ; x='a,b,c'; p=($x); IFS=- ; echo "${p[*]}"
#### associative array literal forms
declare -A m=(a 1 b 2); echo ${m[a]} ${m[b]}
#### ${a[@]@K}
declare -A m=([k]='v w'); a=(1 2); echo "${m[@]@K}" "${a[@]@K}"
