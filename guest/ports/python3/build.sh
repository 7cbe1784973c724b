# Python needs a Python of its own version to compile the frozen modules with: the build machine's, or a native build.
native=$(command -v python3.11 || true)
if [ -z "$native" ] || ! "$native" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
	mkdir native
	(
		cd native
		env -u LDFLAGS -u PKG_CONFIG_LIBDIR CC=gcc AR=ar RANLIB=ranlib CFLAGS=-O1 ../configure --without-ensurepip --disable-test-modules
		make -j"$JOBS" python
	)
	native=$PWD/native/python
fi

cat >config.site <<'ANSWERS'
ac_cv_file__dev_ptmx=yes
ac_cv_file__dev_ptc=no
ac_cv_buggy_getaddrinfo=no
ac_cv_working_tzset=yes
ac_cv_tanh_preserves_zero_sign=yes
ac_cv_posix_semaphores_enabled=yes
ac_cv_broken_sem_getvalue=no
ac_cv_broken_poll=no
ac_cv_broken_nice=no
ac_cv_pthread_is_default=yes
ac_cv_pthread_system_supported=yes
ac_cv_func_dlopen=no
ac_cv_lib_dl_dlopen=no
ac_cv_aligned_required=no
ac_cv_wchar_t_signed=yes
py_cv_module__uuid=n/a
py_cv_module__ctypes=n/a
py_cv_module__dbm=n/a
py_cv_module__gdbm=n/a
py_cv_module_nis=n/a
py_cv_module_ossaudiodev=n/a
py_cv_module_spwd=n/a
py_cv_module__ssl=n/a
py_cv_module__hashlib=n/a
py_cv_module__tkinter=n/a
py_cv_module__curses_panel=n/a
ANSWERS
# LINKFORSHARED: --export-dynamic would keep every function. Static modules are automatic only for wasi: Setup.local.
PKG_CONFIG=false CONFIG_SITE=$PWD/config.site LINKFORSHARED=" " ./configure --host=wasm32-unknown-linux-musl --build=x86_64-pc-linux-gnu \
	--with-build-python="$native" --prefix=/usr --without-ensurepip --disable-test-modules --without-computed-gotos --disable-shared \
	--without-doc-strings --with-readline READELF=true CCSHARED= ZLIB_CFLAGS=" " ZLIB_LIBS=-lz BZIP2_CFLAGS=" " BZIP2_LIBS=-lbz2 \
	LIBLZMA_CFLAGS=" " LIBLZMA_LIBS=-llzma LIBSQLITE3_CFLAGS=" " LIBSQLITE3_LIBS="-lsqlite3 -lz" CURSES_CFLAGS=" " CURSES_LIBS=-lncursesw \
	OPT="-DNDEBUG -fwrapv"
cp Modules/Setup.stdlib Modules/Setup.local
# Setup.stdlib leaves these two to setup.py, which builds shared modules only. (No = here: that would be a variable.)
printf '%s\n' 'readline readline.c -lreadline -lncursesw' '_curses -DHAVE_NCURSESW _cursesmodule.c -lncursesw' >>Modules/Setup.local
make -j"$JOBS" python
# Writes _sysconfigdata, then cannot copy it to a directory of the other machine: harmless.
make pybuilddir.txt || true

library=stage/python3.11
mkdir -p stage/bin
cp -r Lib $library
cp build/lib.*/_sysconfigdata__linux_*.py $library/
sed -i "s#$TREE#/usr/src/python#g; s#$SYSROOT#/usr#g" $library/_sysconfigdata__linux_*.py
(cd $library && rm -rf test idlelib tkinter turtledemo turtle.py lib2to3 ensurepip distutils/tests unittest/test ctypes/test sqlite3/test msilib pydoc_data \
	site-packages/README.txt)
find $library -name __pycache__ -prune -exec rm -rf {} +
mkdir -p $library/lib-dynload $library/site-packages $library/scientific
touch $library/lib-dynload/.keep
for module in numpy pandas scipy sklearn matplotlib; do
	printf 'raise ModuleNotFoundError("%s is not in python3: use python3-sci (cloche[science])", name="%s")\n' $module $module >$library/scientific/$module.py
done
echo /usr/lib/python3.11/scientific >$library/site-packages/scientific.pth
# The times of files mean nothing in the guest's image: byte code is valid whatever they are.
SOURCE_DATE_EPOCH=1672531200 "$native" -m compileall -q -j "$JOBS" --invalidation-mode unchecked-hash -s "$library" -p /usr/lib/python3.11 "$library" -x scientific || true
printf '#!/bin/sh\nexec /bin/python3 -m pydoc "$@"\n' >stage/bin/pydoc3
chmod +x stage/bin/pydoc3
