# vim's configure is run in src/: it asks for what it would learn by running programs.
cd src
guest_configure ./configure --with-features=tiny --disable-gui --without-x --disable-gpm --disable-sysmouse --disable-netbeans --disable-channel \
	--disable-selinux --disable-acl --disable-nls --disable-libsodium --disable-canberra --disable-xsmp --disable-xim --with-tlib=tinfo \
	--with-compiledby=cloche --with-global-runtime=/usr/share/vim \
	vim_cv_toupper_broken=no vim_cv_terminfo=yes vim_cv_tgetent=zero vim_cv_getcwd_broken=no vim_cv_stat_ignores_slash=no \
	vim_cv_memmove_handles_overlap=yes vim_cv_bcopy_handles_overlap=yes vim_cv_memcpy_handles_overlap=no vim_cv_tty_group=world vim_cv_tty_mode=0620 \
	vim_cv_timer_create=no vim_cv_timer_create_works=no vim_cv_timer_create_with_lrt=no ac_cv_small_wchar_t=no vim_cv_uname_output=Linux vim_cv_uname_r_output=5.15 vim_cv_uname_m_output=wasm32
sed -i 's!^#define HAVE_SHM_OPEN.*!!; s!^#define HAVE_TIMER_CREATE.*!!' auto/config.h
printf '#define SYS_VIMRC_FILE "/usr/share/vim/virc"\n' >>feature.h
make -j"$JOBS" vim
cd ..
"$CC" $CFLAGS -DUNIX src/xxd/xxd.c -o xxd.raw
