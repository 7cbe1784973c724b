for directory in gnu lib rmt src; do
	make -j"$JOBS" -C "$directory"
done
