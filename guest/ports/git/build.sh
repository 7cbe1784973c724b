scripts="git-bisect git-submodule git-mergetool git-filter-branch git-merge-octopus git-merge-one-file git-merge-resolve git-request-pull git-difftool--helper git-web--browse git-quiltimport"
libraries="git-sh-setup git-sh-i18n git-mergetool--lib"
options=(prefix=/usr uname_S=Linux uname_M=wasm32 uname_R=5.15 uname_O= CC="$CC" AR="$AR" CFLAGS="$CFLAGS" LDFLAGS="$LDFLAGS" V=1
	NO_PTHREADS=1 NO_CURL=1 NO_EXPAT=1 NO_PERL=1 NO_PYTHON=1 NO_TCLTK=1 NO_GETTEXT=1 NO_OPENSSL=1 BLK_SHA1=1 NO_REGEX=NeedsStartEnd
	USE_LIBPCRE2=1 NO_INSTALL_HARDLINKS=1 HAVE_SYNC_FILE_RANGE= CSPRNG_METHOD=getrandom FSMONITOR_DAEMON_BACKEND= FSMONITOR_OS_SETTINGS=
	NEEDS_LIBRT= NEEDS_LIBDL= HAVE_SYSINFO= SHELL_PATH=/bin/sh DEFAULT_PAGER=less DEFAULT_EDITOR=vi GIT_VERSION="$VERSION" GIT_BUILT_FROM_COMMIT=)
make -j"$JOBS" git git-sh-i18n--envsubst $scripts $libraries "${options[@]}"
make -C templates prefix=/usr SHELL_PATH=/bin/sh PERL_PATH=/usr/bin/perl
rm -rf templates/blt/branches/.gitkeep
mkdir -p stage/git-core
cp -r $scripts $libraries mergetools stage/git-core/
