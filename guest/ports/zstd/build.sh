# Not by its makefiles: they probe the build machine.
flags="$CFLAGS -DZSTD_DISABLE_ASM=1 -DZSTD_LEGACY_SUPPORT=5 -DXXH_NAMESPACE=ZSTD_ -Ilib -Ilib/common -Ilib/legacy -Ilib/dictBuilder -Iprograms"
for f in lib/common/*.c lib/compress/*.c lib/decompress/*.c lib/dictBuilder/*.c lib/legacy/zstd_v0[567].c; do
	"$CC" $flags -c "$f" -o "${f%.c}.o"
done
"$AR" rcs libzstd.a lib/*/*.o
"$CC" $flags -DZSTD_GZCOMPRESS -DZSTD_GZDECOMPRESS -DZSTD_LZMACOMPRESS -DZSTD_LZMADECOMPRESS programs/*.c libzstd.a $LDFLAGS -lz -llzma -o zstd.raw
