# What there is to do in a checkout. Everything sets up what it needs first (tools/bootstrap.sh), once.
PYTHON := .venv/bin/python

.PHONY: help run test lint bench suites docs clean distclean venv userland

help:
	@echo 'make run      set up, then run examples/agent-session.sh in a sandbox, and say what happened'
	@echo 'make test     set up, then run the tests'
	@echo 'make lint     ruff, and the layers of ARCHITECTURE.md'
	@echo 'make bench    measure against native programs and other sandboxes'
	@echo 'make suites   the test suites of GNU bash and other programs, inside the sandbox'
	@echo 'make docs     write docs/reference anew'
	@echo 'make clean    remove what was made here; guest programs stay in their cache'

venv:
	@tools/bootstrap.sh venv

userland:
	@tools/bootstrap.sh userland

run: userland
	@.venv/bin/cloche run --summary --timeout 300 --processes 64 --memory 512M \
	    --mount examples/data:/data:ro examples/agent-session.sh

test: userland
	$(PYTHON) -m pytest -m 'not slow'

lint: venv
	.venv/bin/ruff check
	PYTHONPATH=src .venv/bin/lint-imports

bench: userland
	@$(PYTHON) bench/peers.py install .venv/peers || echo 'peers that could not be installed are named n/a'
	$(PYTHON) bench/run.py --peers .venv/peers

suites: userland
	$(PYTHON) tests/suites/run.py bash sed grep gawk python

docs: venv
	$(PYTHON) tools/make_reference.py

clean:
	rm -rf build dist .pytest_cache .hypothesis .ruff_cache .mypy_cache .import_linter_cache
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv
