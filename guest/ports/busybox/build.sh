make HOSTCC=gcc defconfig
python3 "$RECIPE/configuration.py" "$RECIPE/applets"
yes "" | make HOSTCC=gcc oldconfig || true
make -j"$JOBS" HOSTCC=gcc CC="$CC" AR="$AR" LD=wasm-ld NM=true STRIP=true OBJCOPY=true SKIP_STRIP=y \
	KBUILD_VERBOSE=1 busybox_unstripped
make HOSTCC=gcc CC="$CC" busybox.links
