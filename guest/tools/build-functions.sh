# Sourced before a recipe's build.sh. The current directory is the unpacked source; CC AR RANLIB CFLAGS LDFLAGS JOBS
# VERSION RECIPE SYSROOT TREE and DEPENDS_<port> are set (guest/README.md).

# The answers that configure would find by running programs; call it as: guest_configure ./configure ARGUMENT...
guest_configure() {
	local script=$1
	shift
	[ -f config.cache ] || cp "${RECIPE%/*}/answers.cache" config.cache
	"$script" --host=wasm32-unknown-linux-musl --build=x86_64-pc-linux-gnu --prefix=/usr --cache-file=config.cache "$@"
}
