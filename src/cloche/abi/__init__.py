"""The wasm32-linux ABI: numbers and layouts, and nothing that acts. See docs/guest-abi.md."""
