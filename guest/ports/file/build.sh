# The database is compiled by a native build of the same source: its format is the same for every little-endian machine.
mkdir native
(
	cd native
	env -u LDFLAGS -u PKG_CONFIG_LIBDIR CC=gcc AR=ar RANLIB=ranlib STRIP=strip ../configure --disable-shared --disable-libseccomp \
		--disable-zlib --disable-bzlib --disable-xzlib --disable-zstdlib --disable-lzlib CFLAGS="-O1 -w"
	make -j"$JOBS" -C src CFLAGS="-O1 -w"
	cp -r ../magic/Magdir magic-source
	./src/file -C -m magic-source
	mv magic-source.mgc ../magic.mgc
)
guest_configure ./configure --disable-shared --enable-static --disable-nls --disable-libseccomp --enable-zlib --enable-bzlib --enable-xzlib \
	--disable-zstdlib --disable-lzlib --datadir=/usr/share ac_cv_func_mmap_fixed_mapped=yes
make -j"$JOBS" -C src
