"""uname(2): what a guest is told it runs on; nothing of the host's."""

SYSNAME, RELEASE, VERSION, MACHINE = b"Linux", b"6.1.0-cloche", b"#1 cloche", b"wasm32"
