# Its configure compares integer types by warnings that it makes errors: not with -w. The answers are what it learns by
# running programs, for our musl.
flags="-O2 -g0 -Wno-int-conversion -Wno-implicit-int -Wno-implicit-function-declaration -Wno-incompatible-function-pointer-types -ffile-prefix-map=$TREE=."
guest_configure ./configure --disable-openssl --disable-readline --disable-libwrap --disable-fips --disable-tun --disable-vsock CFLAGS="$flags" \
	sc_cv_sys_crdly_shift=9 sc_cv_sys_tabdly_shift=11 sc_cv_sys_csize_shift=4 ac_cv_ispeed_offset=13 sc_cv_termios_ispeed=no
make -j"$JOBS" socat
