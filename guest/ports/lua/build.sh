flags="$CFLAGS -std=gnu99 -DLUA_COMPAT_5_3 -DLUA_USE_POSIX"
"$CC" $flags $(ls src/*.c | grep -v luac.c) -o lua.raw
"$CC" $flags $(ls src/*.c | grep -v lua.c) -o luac.raw
