flags=$(echo $CFLAGS -Iinclude -Ilibrary)
ls library/*.c | xargs -P "$JOBS" -I FILE sh -c "\"\$CC\" $flags -c FILE -o \$(echo FILE | sed 's/c\$/o/')"
"$AR" rcs libmbedcrypto.a $(ls library/*.o | grep -vE '/(x509|pkcs11|certs|debug|net_sockets|ssl_)')
"$AR" rcs libmbedx509.a $(ls library/*.o | grep -E '/(x509|pkcs11|certs)')
"$AR" rcs libmbedtls.a $(ls library/*.o | grep -E '/(debug|net_sockets|ssl_)')
