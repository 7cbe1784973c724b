# No configure in the archive: config.h from config.h.in and the sysroot.
python3 "$GUEST_TOOLS/mini_configure.py" "$SYSROOT" src/config.h.in 'PACKAGE="make"' 'PACKAGE_NAME="GNU Make"' \
	"PACKAGE_VERSION=\"$VERSION\"" "VERSION=\"$VERSION\"" 'PACKAGE_TARNAME="make"' "PACKAGE_STRING=\"GNU Make $VERSION\"" \
	'PACKAGE_BUGREPORT="bug-make@gnu.org"' 'PACKAGE_URL="http://www.gnu.org/software/make/"' "PATH_SEPARATOR_CHAR=':'" \
	MAKE_JOBSERVER=1 MAKE_SYMLINKS=1 'MAKE_HOST="wasm32-unknown-linux-musl"' RETSIGTYPE=void FILE_TIMESTAMP_HI_RES=1 \
	ST_MTIM_NSEC=st_mtim.tv_nsec 'SCCS_GET="get"' HAVE_SA_RESTART=1 HAVE_ANSI_COMPILER=1 HAVE_STDBOOL_H=1 _GNU_SOURCE=1 \
	USE_POSIX_SPAWN=1 -HAVE_GUILE -HAVE_UNION_WAIT -HAVE_CASE_INSENSITIVE_FS -DEFAULT_OUTPUT_SYNC -HAVE_DOS_PATHS >src/config.h
for h in glob fnmatch; do cp lib/$h.in.h lib/$h.h; done
sources=
for f in ar arscan commands default dir expand file function getopt getopt1 guile hash implicit job load loadapi main misc output \
	posixos read remake remote-stub rule signame strcache variable version vpath; do
	sources="$sources src/$f.c"
done
# What gnulib calls when memory runs out, in make's own words (its error.c is another one's).
cat >src/xalloc_die.c <<C
#include "makeint.h"
void xalloc_die (void) { OS (fatal, NILF, "%s", "virtual memory exhausted"); }
C
$CC $CFLAGS -DHAVE_CONFIG_H -Isrc -Ilib -DLOCALEDIR='"/usr/share/locale"' -DLIBDIR='"/usr/lib"' -DINCLUDEDIR='"/usr/include"' \
	$sources src/xalloc_die.c lib/glob.c lib/fnmatch.c lib/findprog-in.c lib/concat-filename.c lib/xconcat-filename.c -o make.raw
