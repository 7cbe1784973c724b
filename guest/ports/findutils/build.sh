for directory in gl lib find xargs; do
	make -j"$JOBS" -C "$directory"
done
