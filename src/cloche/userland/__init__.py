"""The guest's userland: builds GNU programs for wasm32-linux from upstream source, keeps them, and stages a root.

Nothing here runs while a sandbox runs, except `store_host`, which says where the built root is.
"""
