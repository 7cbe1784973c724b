perl ./Configure linux-generic32 no-asm no-threads no-shared no-dso no-module no-engine no-tests no-afalgeng no-async no-secure-memory \
	no-legacy no-ui-console no-devcryptoeng no-idea no-seed no-camellia no-aria no-sm2 no-sm3 no-sm4 no-md4 no-mdc2 no-rc2 no-rc4 no-bf no-cast \
	no-ssl3 no-srp no-gost no-whirlpool no-rmd160 --prefix=/usr --openssldir=/etc/ssl -D__wasm32__=1 -DOPENSSL_NO_SECURE_MEMORY -DHAVE_FORK=0 -DNO_FORK $CFLAGS
make -j"$JOBS" build_generated
make -j"$JOBS" libcrypto.a libssl.a apps/openssl
