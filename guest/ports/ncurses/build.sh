make -j"$JOBS" libs
mkdir -p stage/lib/pkgconfig
make DESTDIR="$PWD/stage/d" install.includes
cp -r stage/d/usr/include stage/
ln -s . stage/include/ncursesw
cp lib/libncursesw.a stage/lib
# One archive has it all, under each name that programs ask for; cc finds it without flags.
for n in ncurses tinfo tinfow curses termcap; do ln -s libncursesw.a stage/lib/lib$n.a; done
for n in ncurses ncursesw tinfo; do
	printf 'Name: %s\nDescription: %s\nVersion: %s\nLibs: -lncursesw\nCflags:\n' $n $n "$VERSION" >stage/lib/pkgconfig/$n.pc
done
