engine=upstream-quickjs
for f in quickjs libregexp libunicode dtoa; do
	"$CC" $CFLAGS -D_GNU_SOURCE -I$engine -c $engine/$f.c -o $f.o &
done
wait
"$CC" $CFLAGS -I$engine -I"$RECIPE/runner" "$RECIPE"/runner/*.c *.o -o js.raw
