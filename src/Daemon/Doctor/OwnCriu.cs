using Thaw.Sandboxing.Snapshots;

namespace Thaw.Daemon.Doctor;

/// <summary>
/// Puts a CRIU of Debian's next release (Ubuntu's, there) beside the machine's own programs: in a folder of its own, with all
/// libraries that it needs and the loader for them. Only apt is needed for it, and nothing of the installed system is touched or replaced.
/// </summary>
internal static class OwnCriu
{
    /// <summary>For <c>sh</c>, as root. Takes some ten seconds and 30 MB.</summary>
    internal const string Script = $"""
        set -eu
        dest={Criu.OwnFolder} work=$(mktemp -d)
        trap 'rm -rf "$work"' EXIT
        """ + "\n" + """
        suite=sid components=main key=/usr/share/keyrings/debian-archive-keyring.gpg
        if grep -q '^ID=ubuntu' /etc/os-release; then
          suite=resolute components='main universe' key=/usr/share/keyrings/ubuntu-archive-keyring.gpg
        fi
        uri=$(grep -hm1 -oE '(URIs: |^deb (\[[^]]*\] )?)\S*http\S*' /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2> /dev/null |
          head -n 1 | awk '{print $NF}')
        mkdir -p "$work/src" "$work/lists/partial" "$work/archives/partial" "$work/root"
        : > "$work/status"
        printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: %s\nSigned-By: %s\n' "$uri" "$suite" "$components" "$key" \
          > "$work/src/x.sources"

        # An empty list of what is installed: so all that it needs comes with it, the C library too.
        apt() {
          apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/src" -o Dir::State::lists="$work/lists" \
            -o Dir::Cache::archives="$work/archives" -o Dir::State::status="$work/status" -o Dir::Cache::pkgcache= \
            -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root -o Acquire::Languages=none \
            -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false "$@" > /dev/null
        }
        apt update
        apt install -y --download-only --no-install-recommends criu
        for package in "$work"/archives/*.deb; do dpkg -x "$package" "$work/root"; done
        cd "$work/root"
        loader=$(ls usr/lib*/ld-linux-*.so.* lib*/ld-linux-*.so.* usr/lib/*/ld-linux-*.so.* 2> /dev/null | head -n 1)
        libraries=$(ls -d usr/lib/*-linux-gnu lib/*-linux-gnu 2> /dev/null | sed "s|^|$dest/|" | paste -sd :)
        printf '#!/bin/sh\nexec %s --library-path %s %s "$@"\n' "$dest/$loader" "$libraries" "$dest/usr/sbin/criu" > criu
        chmod 755 criu .
        rm -rf "$dest.new" && mkdir -p "$(dirname "$dest")" && cp -a . "$dest.new"
        rm -rf "$dest" && mv "$dest.new" "$dest"
        "$dest/criu" --version

        """;
}
