# The archive has no configure; this is what it would find.
echo "#define JQ_VERSION \"$VERSION\"" >src/version.h
sed -e 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$/\\n"/' src/builtin.jq >src/builtin.inc
have=
for f in acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf exp exp10 exp2 expm1 fabs fdim floor fma fmax fmin \
	fmod frexp hypot isnan j0 j1 jn ldexp lgamma lgamma_r log log10 log1p log2 logb modf nearbyint nextafter nexttoward pow pow10 \
	remainder rint round scalb scalbln sin sinh sqrt tan tanh tgamma trunc y0 y1 yn setlocale gettimeofday gmtime gmtime_r \
	localtime_r strftime timegm strptime isatty mkstemp memmem setenv; do
	[ $f = pow10 ] || have="$have -DHAVE_$(echo $f | tr a-z A-Z)=1"
done
sources=
for f in builtin bytecode compile execute jq_test jv jv_alloc jv_aux jv_dtoa jv_file jv_parse jv_print jv_unicode linker locfile util \
	lexer parser main; do
	sources="$sources src/$f.c"
done
$CC $CFLAGS -std=gnu99 -D_GNU_SOURCE -DHAVE_LIBONIG=1 -DIEEE_8087=1 -DHAVE_TM_TM_GMT_OFF=1 $have -I. -Isrc $sources -lonig -o jq.raw
