make -j"$JOBS" unwind_prot.o CFLAGS="$CFLAGS -mgc"
make -j"$JOBS" bash
