# libmath.h holds the mathematics library as a bc that runs compiles it: one of the build machine.
mkdir native
(
	cd native
	env -u LDFLAGS CC=gcc AR=ar RANLIB=ranlib ../configure --without-readline --without-libedit MAKEINFO=true CFLAGS="-O1 -w"
	make -C lib CFLAGS="-O1 -w" AR=ar RANLIB=ranlib
	make -C bc CFLAGS="-O1 -w" libmath.h
)
guest_configure ./configure --disable-nls --without-readline --without-libedit MAKEINFO=true
cp native/bc/libmath.h bc/libmath.h
# bc's makefile makes libmath.h from fbc, newer than it: say that it is made.
sed -i 's/^libmath.h:.*/libmath.h:/; /^libmath.h:/,/^$/{/^\t/d}' bc/Makefile
make -j"$JOBS" -C lib
make -j"$JOBS" -C bc bc
make -j"$JOBS" -C dc dc
