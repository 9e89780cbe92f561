#!/bin/sh
# Downloads the libraries of another architecture into a folder:
#
#   sysroot.sh ARCHITECTURE FOLDER PACKAGE …
#
# Includes the packages' dependencies. Uses this machine's package sources, does not
# change its installed packages, and needs no root. Downloads are in FOLDER.apt.
# FOLDER/packages lists what FOLDER was made of; if that is the same, nothing is done.
set -eu
architecture=$1 root=$2
shift 2
made="$architecture $*"
test "$(cat "$root/packages" 2>/dev/null)" != "$made" || exit 0

apt=$root.apt
mkdir -p "$apt/lists/partial" "$apt/archives/partial"
rm -f "$apt"/archives/*.deb
: > "$apt/status"
cat > "$apt/apt.conf" <<EOF
APT::Architecture "$architecture";
#clear APT::Architectures;
APT::Architectures { "$architecture"; };
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Dir::State "$apt";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives";
EOF
export APT_CONFIG="$apt/apt.conf"
# A missing list (a mirror of security updates that is not up to date) is no error: it
# only matters that the libraries fit each other.
apt-get update -qq || echo "sysroot.sh: some lists of packages are missing" >&2
apt-get install -y -qq --download-only "$@"

rm -rf "$root"
for archive in "$apt"/archives/*.deb; do
  dpkg-deb -x "$archive" "$root"
done
# Make absolute links relative, as they would lead out of the folder.
find "$root" -type l -lname '/*' | while read -r link; do
  ln -sfnr "$root$(readlink "$link")" "$link"
done
rm -rf "$apt"
echo "$made" > "$root/packages"
