# The archive has no configure; this is what it would find.
{
	for name in ALLOCA ALLOCA_H INTTYPES_H MEMORY_H STDINT_H STDLIB_H STRING_H STRINGS_H SYS_STAT_H SYS_TIMES_H SYS_TIME_H \
		SYS_TYPES_H UNISTD_H; do
		echo "#define HAVE_$name 1"
	done
	printf '#define %s\n' 'SIZEOF_INT 4' 'SIZEOF_LONG 4' 'SIZEOF_LONG_LONG 8' 'SIZEOF_VOIDP 4' 'STDC_HEADERS 1' \
		"VERSION \"$VERSION\"" 'PACKAGE "onig"'
} >src/config.h
objects=
for f in regparse regcomp regexec regenc regerror regext regsyntax regtrav regversion st reggnu unicode unicode_unfold_key \
	unicode_fold1_key unicode_fold2_key unicode_fold3_key ascii utf8 utf16_be utf16_le utf32_be utf32_le euc_jp euc_jp_prop sjis \
	sjis_prop iso8859_1 iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_11 \
	iso8859_13 iso8859_14 iso8859_15 iso8859_16 euc_tw euc_kr big5 gb18030 koi8_r cp1251 onig_init; do
	$CC $CFLAGS -DHAVE_CONFIG_H -Isrc -c src/$f.c -o $f.o
	objects="$objects $f.o"
done
$AR rcs libonig.a $objects
