#!/bin/sh
# The libraries of another architecture in a folder of their own:
#
#   sysroot.sh ARCHITECTURE FOLDER PACKAGE …
#
# What the packages need comes with them. This machine's own packages stay as they
# are, whatever their versions, and no right is needed; its sources of packages
# are asked. What was downloaded is in FOLDER.apt. `FOLDER/packages` is what
# FOLDER was made of; the same again is nothing to do.
set -eu
architecture=$1 root=$2
shift 2
made="$architecture $*"
test "$(cat "$root/packages" 2>/dev/null)" != "$made" || exit 0

apt=$root.apt
mkdir -p "$apt/lists/partial" "$apt/archives/partial"
rm -rf "$root" "$apt"/archives/*.deb
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
# A list that cannot be had (a mirror of security updates that lags behind) is no
# reason to stop: what matters is that the libraries fit each other.
apt-get update -qq || echo "sysroot.sh: some lists of packages are missing" >&2
apt-get install -y -qq --download-only "$@"

for archive in "$apt"/archives/*.deb; do
  dpkg-deb -x "$archive" "$root"
done
# A link from the root of the system leads out of the folder.
find "$root" -type l -lname '/*' | while read -r link; do
  ln -sfnr "$root$(readlink "$link")" "$link"
done
rm -rf "$apt"
echo "$made" > "$root/packages"
