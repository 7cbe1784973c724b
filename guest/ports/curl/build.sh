guest_configure ./configure --disable-shared --enable-static --disable-threaded-resolver --disable-ldap --disable-manual --without-libpsl --without-libidn2 \
	--without-brotli --without-zstd --without-nghttp2 --without-librtmp --without-libssh2 --disable-ntlm-wb --enable-ipv6 --disable-docs \
	--with-ca-bundle=/etc/ssl/certs/ca-certificates.crt --with-mbedtls="$DEPENDS_mbedtls" --with-zlib="$DEPENDS_zlib"
make -j"$JOBS" -C lib
make -j"$JOBS" -C src curl
