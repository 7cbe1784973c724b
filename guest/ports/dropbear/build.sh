guest_configure ./configure --disable-harden --disable-lastlog --disable-utmp --disable-utmpx --disable-wtmp --disable-wtmpx --disable-pututline \
	--disable-pututxline --enable-bundled-libtom --disable-pam --with-zlib="$DEPENDS_zlib"
make -j"$JOBS" PROGRAMS="dropbear dbclient dropbearkey dropbearconvert scp" MULTI=1
