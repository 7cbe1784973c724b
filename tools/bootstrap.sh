#!/bin/sh
# Sets up a checkout: system packages if any are missing, .venv with pinned versions, the guest programs.
#   tools/bootstrap.sh [venv|userland|all]     venv: no guest programs. userland (default): the default set. all: every port
# Repeatable: what is there already is left alone, and a second run takes a second or two.
set -eu
cd "$(dirname "$0")/.."
what=${1:-userland}
case $what in venv | userland | all) ;; *) echo "usage: tools/bootstrap.sh [venv|userland|all]" >&2; exit 2 ;; esac

begun=$(date +%s)
step() { printf '[%3d s] %s\n' "$(($(date +%s) - begun))" "$1"; }
fail() { printf 'bootstrap: %s\n' "$1" >&2; exit 1; }

# --- system packages: asked for by what they bring, installed only if that is missing

find_python() {
  for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
      command -v "$candidate"
      return
    fi
  done
}

missing_packages() {
  python=$(find_python)
  if [ -z "$python" ]; then
    echo python3 python3-venv
  elif ! "$python" -c 'import ensurepip, venv' 2> /dev/null; then
    echo "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
  fi
  command -v git > /dev/null || echo git
  [ "$what" = venv ] && return
  for pair in make:make gcc:gcc bash:bash node:nodejs npm:npm xz:xz-utils bzip2:bzip2 patch:patch; do
    command -v "${pair%%:*}" > /dev/null || echo "${pair##*:}"
  done
  # Helper programs that run on this machine while a port is built need the C library's headers.
  if command -v gcc > /dev/null; then
    echo '#include <stdio.h>' | gcc -E -x c - > /dev/null 2>&1 || echo libc6-dev
  else
    echo libc6-dev
  fi
}

packages=$(missing_packages | sort -u | tr '\n' ' ')
if [ -n "$packages" ]; then
  step "system packages are missing: $packages"
  command -v apt-get > /dev/null || fail "install these, by whatever name they have on this system: $packages"
  if [ "$(id -u)" -eq 0 ]; then as_root=; else
    command -v sudo > /dev/null || fail "run as root:  apt-get install $packages"
    as_root=sudo
  fi
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $packages > /dev/null ||
    fail "apt-get could not install them: look at its message above"
  [ -z "$(missing_packages)" ] || fail "still missing after apt-get: $(missing_packages | tr '\n' ' ')"
fi
python=$(find_python)

# --- the virtual environment

wanted=$(cat requirements.lock pyproject.toml | sha256sum | cut -d' ' -f1)
if [ "$(cat .venv/.installed 2> /dev/null || true)" != "$wanted" ] || [ ! -x .venv/bin/cloche ]; then
  step "virtual environment in .venv, with $("$python" --version)"
  [ -x .venv/bin/python ] || "$python" -m venv .venv || fail "cannot make .venv: remove it and try again"
  PIP_CONSTRAINT=requirements.lock PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install -qq \
    -e '.[build,test]' || fail "pip could not install the packages of requirements.lock: is there a network?"
  echo "$wanted" > .venv/.installed
fi

# --- the guest programs

case $what in
  userland)
    step 'guest programs, built from upstream sources (the first time takes minutes)'
    .venv/bin/cloche userland build
    step 'machine code for them'
    .venv/bin/cloche userland compile 2> /dev/null
    ;;
  all)
    step 'all guest programs, built from upstream sources (the first time takes many minutes)'
    .venv/bin/cloche userland build --all
    step 'machine code for them'
    .venv/bin/cloche userland compile 2> /dev/null
    ;;
esac
step 'ready'
