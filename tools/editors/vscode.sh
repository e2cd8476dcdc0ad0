#!/usr/bin/env bash
# The real VS Code for the tests: code-server with the Node that it needs, and a Chromium with what drives it. They go
# into the user's cache, apart from Debian's packages; what is there already stays.
#
#   tools/editors/vscode.sh          prints the folder with node, code-server and playwright
set -euo pipefail

FOLDER="${XDG_CACHE_HOME:-$HOME/.cache}/afterburner-editors/vscode"
PARTS=(node@24.21.0 code-server@4.139.1 playwright-core@1.65.1)
BUILD=(g++ make python3 libkrb5-dev libsecret-1-dev libx11-dev libxkbfile-dev) # code-server compiles some modules
RUN=(chromium fonts-dejavu-core)

main() {
    mkdir -p "$FOLDER"
    exec 9>"$FOLDER.lock"
    flock 9 # a second run waits, then finds everything there
    command -v npm >/dev/null || fail "code-server comes from npm: install Node 20 or newer with its npm"
    if [ "$(cat "$FOLDER/complete" 2>/dev/null)" != "${PARTS[*]}" ]; then
        packages "${RUN[@]}" "${BUILD[@]}"
        parts
    fi
    command -v chromium >/dev/null || packages "${RUN[@]}"
    echo "$FOLDER"
}

fail() {
    echo "vscode.sh: $*" >&2
    exit 1
}

# packages NAME...: those of Debian's packages that are not installed yet.
packages() {
    local missing=() name
    for name in "$@"; do
        dpkg-query --show --showformat='${Status}' "$name" 2>/dev/null | grep -q ' installed$' || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || fail "these packages are needed, and only root can install them: ${missing[*]}"
    echo "vscode.sh: installing ${missing[*]}" >&2
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        fail "these packages cannot be installed: ${missing[*]}"
}

# parts: everything from npm, Node first, since code-server's modules are compiled for the one that runs it.
parts() {
    local new="$FOLDER.new" log="$FOLDER.log"
    echo "vscode.sh: installing ${PARTS[*]} into $FOLDER (once; two minutes)" >&2
    rm -rf "$new"
    mkdir -p "$new"
    echo '{"private": true}' >"$new/package.json"
    install "$new" "${PARTS[0]}" >"$log" 2>&1 || fail "${PARTS[0]} cannot be installed; see $log"
    PATH="$new/node_modules/node/bin:$PATH" install "$new" "${PARTS[@]}" >>"$log" 2>&1 ||
        fail "${PARTS[*]} cannot be installed; see $log"
    rm -rf "$FOLDER"
    mv "$new" "$FOLDER"
    echo "${PARTS[*]}" >"$FOLDER/complete"
}

install() {
    local folder=$1
    shift
    (cd "$folder" && npm install --no-audit --no-fund --no-package-lock --foreground-scripts "$@")
}

main
