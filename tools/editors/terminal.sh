#!/usr/bin/env bash
# Neovim, Emacs and Helix for the tests in real editors, as newer Debian releases have them: unpacked into the user's
# cache, run by that release's own loader. Nothing is installed system-wide, and what is there already stays.
#
#   tools/editors/terminal.sh          prints the folder with nvim, nvim-next, emacs and hx
set -euo pipefail

CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/afterburner-editors"
BIN="$CACHE/bin"
FORM=1 # raised when what is unpacked, or how it is started, changes

main() {
    mkdir -p "$BIN"
    exec 9>"$CACHE/terminal.lock"
    flock 9 # a second run waits, then finds everything there
    release trixie neovim emacs-nox elpa-lsp-mode hx
    release sid neovim
    starter nvim trixie <<'END'
export VIMRUNTIME="$root/usr/share/nvim/runtime"
load --argv0 nvim "$root/usr/bin/nvim" --cmd "lua vim.opt.runtimepath:append([[$root/usr/lib/nvim]])" "$@"
END
    starter nvim-next sid <<'END'
export VIMRUNTIME="$root/usr/share/nvim/runtime"
load --argv0 nvim "$root/usr/bin/nvim" --cmd "lua vim.opt.runtimepath:append([[$root/usr/lib/nvim]])" "$@"
END
    starter hx trixie <<'END'
export HELIX_RUNTIME="$root/usr/lib/hx/runtime"
load "$root/usr/lib/hx/hx" "$@"
END
    starter emacs trixie <<'END'
share=$(echo "$root"/usr/share/emacs/*.*)
dump=$(echo "$root"/usr/libexec/emacs/*/*/*.pdmp)
export EMACSLOADPATH="$share/lisp:$root/usr/share/emacs/site-lisp" EMACSDATA="$share/etc" EMACSDOC="$share/etc" EMACSPATH="${dump%/*}"
# Native compilation would start another Emacs, without this loader.
quiet='(setq native-comp-jit-compilation nil native-comp-enable-subr-trampolines nil)'
load --argv0 "$root/usr/bin/emacs-nox" "$root/usr/bin/emacs-nox" --dump-file="$dump" --eval "$quiet" "$@"
END
    echo "$BIN"
}

fail() {
    echo "terminal.sh: $*" >&2
    exit 1
}

# release SUITE PACKAGE...: the packages of a Debian release with all that they need, under $CACHE/SUITE/root.
release() {
    local suite=$1 folder="$CACHE/$1" new="$CACHE/$1.new"
    shift
    [ "$(cat "$folder/complete" 2>/dev/null)" = "$FORM $*" ] && return 0
    echo "terminal.sh: unpacking $* of Debian $suite into $folder" >&2
    rm -rf "$new" "$folder"
    mkdir -p "$new/lists/partial" "$new/archives/partial" "$new/root"
    : >"$new/status"
    sources "$suite" >"$new/sources.list"
    apt "$new" update || fail "Debian's package lists for $suite cannot be had; is the mirror reachable?"
    apt "$new" install --download-only "$@" || fail "$* cannot be had from Debian $suite"
    for package in "$new"/archives/*.deb; do
        dpkg-deb --extract "$package" "$new/root" || fail "$package cannot be unpacked"
        rm "$package"
    done
    rm -rf "$new/lists" "$new/archives"
    echo "$FORM $*" >"$new/complete"
    mv "$new" "$folder"
}

# sources SUITE: the line for apt, with the mirror that this machine uses for its own release.
sources() {
    local own mirror keys=/usr/share/keyrings/debian-archive-keyring.gpg
    own=$(. /etc/os-release && [ "$ID" = debian ] && echo "$VERSION_CODENAME") ||
        fail "the editors come from Debian packages, and this is no Debian"
    mirror=$(apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk -v own="$own" '$2 == own && $3 == "main" { print $1; exit }')
    [ -n "$mirror" ] || fail "apt knows no mirror of Debian $own"
    echo "deb [signed-by=$keys] $mirror $1 main"
}

# apt FOLDER ARGUMENT...: apt-get with lists, archives and installed packages of its own: none.
apt() {
    local folder=$1
    shift
    apt-get --quiet --quiet --yes --option Dir::Etc::sourcelist="$folder/sources.list" --option Dir::Etc::sourceparts=- \
        --option Dir::State::lists="$folder/lists" --option Dir::State::status="$folder/status" \
        --option Dir::Cache::archives="$folder/archives" --option Dir::Cache::pkgcache= --option Dir::Cache::srcpkgcache= \
        --option APT::Sandbox::User="$(id -un)" --option APT::Install-Recommends=false --option Acquire::Retries=2 \
        --option Acquire::Languages=none "$@" >&2
}

# starter NAME SUITE: a script that starts an editor; from stdin how, by `load` with that release's loader and libraries.
starter() {
    {
        echo '#!/bin/sh'
        printf 'root=%q\n' "$CACHE/$2/root"
        echo 'load() { exec "$root"/usr/lib*/ld-linux-*.so.* --library-path "$(echo "$root"/usr/lib/*-linux-gnu*)" "$@"; }'
        cat
    } >"$BIN/$1.new"
    chmod +x "$BIN/$1.new"
    mv "$BIN/$1.new" "$BIN/$1"
    "$BIN/$1" --version >/dev/null || fail "$1 of Debian $2 does not start"
}

main
