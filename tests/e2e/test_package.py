"""The Debian package, the manual page, the completions, `make install`."""

import gzip
import json
import os
import re
import sys
import unittest

import pytest

import ntm_process
import published_schemas
from packaged import ROOT, PackagedCase

pytestmark = pytest.mark.text


class PackageTest(PackagedCase):
    def package(self):
        """The package, made from the build."""
        self.need("dpkg-shlibdeps", "dpkg-dev")
        self.alone()
        self.run_well("cmake", "--build", self.build, "--target",
                      "ntm_package")
        found = list((self.build / "package").glob("ntm_*.deb"))
        self.assertEqual(len(found), 1, found)
        return found[0]

    def field(self, package, name):
        return self.run_well("dpkg-deb", "-f", package, name).strip()

    @pytest.mark.long
    def test_lintian_finds_nothing_in_the_package(self):
        self.need("lintian", "lintian")
        said = self.run_well("lintian", "--allow-root", "--fail-on",
                             "error,warning", self.package())
        self.assertEqual(said, "")

    @pytest.mark.long
    def test_package_holds_program_units_manual_and_completions(self):
        package = self.package()
        listed = self.run_well("dpkg-deb", "-c", package)
        files = {path: mode for mode, path in re.findall(
            r"^(-\S+).* \.(/\S+)$", listed, re.MULTILINE)}
        for path, mode in (
                ("/usr/bin/ntm", "-rwxr-xr-x"),
                ("/usr/lib/systemd/system/ntm.service", "-rw-r--r--"),
                ("/usr/lib/systemd/system/ntm@.service", "-rw-r--r--"),
                ("/usr/share/man/man1/ntm.1.gz", "-rw-r--r--"),
                ("/usr/share/bash-completion/completions/ntm", "-rw-r--r--"),
                ("/usr/share/zsh/vendor-completions/_ntm", "-rw-r--r--"),
                ("/etc/ntm/ntm.yaml", "-rw-r--r--"),
                ("/etc/default/ntm", "-rw-r--r--"),
                ("/usr/share/doc/ntm/copyright", "-rw-r--r--"),
                ("/usr/share/doc/ntm/changelog.gz", "-rw-r--r--")):
            self.assertEqual(files.get(path), mode, path)
        self.assertEqual(self.field(package, "Maintainer"), "The ntm authors")
        self.assertIn("libpcap0.8", self.field(package, "Depends"))
        version = ntm_process.run("--version").stdout.split()[1]
        self.assertEqual(self.field(package, "Version"), version)
        configuration = self.run_well("dpkg-deb", "--ctrl-tarfile", package,
                                      errors="replace")
        self.assertIn("/etc/ntm/ntm.yaml\n", configuration)

    def test_manual_page_has_the_text_of_the_help(self):
        self.need("mandoc", "mandoc")
        page = self.folder / "ntm.1"
        page.write_bytes(gzip.decompress(
            (self.build / "packaging/ntm.1.gz").read_bytes()))
        self.assertEqual(self.run_well("mandoc", "-Tlint", "-Wwarning", page),
                         "")
        text = self.run_well("mandoc", "-Tutf8", "-Owidth=200", page)
        text = re.sub(".\b", "", text)  # overstruck letters
        helped = ntm_process.run("--help", "all").stdout
        options = re.findall(r"^  (-.*)$", helped, re.MULTILINE)
        self.assertGreater(len(options), 40)
        options += re.findall(r"^ {6}(-.*?)  ", helped, re.MULTILINE)
        self.assertIn("--horizons LIST", options)
        topics = re.findall(r"^[a-z-]+: .*$", helped, re.MULTILINE)
        for line in topics:
            self.assertIn(f"   {line}\n", text)
        for option in options:
            self.assertIn(option.replace("…", "..."), text)
        for heading in ("EXIT STATUS", "FILES", "SEE ALSO"):
            self.assertIn(heading, text)

    def bill(self):
        self.need("readelf", "binutils")
        return json.loads(self.run_well(
            sys.executable, ROOT / "packaging/make_sbom.py",
            os.path.abspath(ntm_process.BINARY), "1.2.3", "libboost-dev"))

    def test_bill_of_materials_matches_the_published_schema(self):
        validator = published_schemas.cyclonedx("1.5")
        bill = self.bill()
        self.assertEqual([], [error.message for error
                              in validator.iter_errors(bill)])
        for wrong in ({"seriaNumber": "urn:uuid:0"}, {"version": "one"},
                      {"components": [{"type": "libary", "name": "x"}]}):
            self.assertFalse(validator.is_valid({**bill, **wrong}), wrong)

    def test_bill_of_materials_names_every_library(self):
        bill = self.bill()
        self.assertEqual((bill["bomFormat"], bill["specVersion"]),
                         ("CycloneDX", "1.5"))
        self.assertEqual(bill["metadata"]["component"]["version"], "1.2.3")
        parts = {part["name"]: part for part in bill["components"]}
        for name in ("libpcap0.8", "libsqlite3-0", "libc6", "libboost-dev"):
            installed = self.run_well("dpkg-query", "-W", "-f", "${Version}",
                                      name)
            self.assertEqual(parts[name]["version"], installed)
            self.assertIn(f"pkg:deb/debian/{name}@", parts[name]["purl"])
        self.assertEqual(bill["dependencies"][0]["dependsOn"],
                         [part["bom-ref"] for part in bill["components"]])

    def test_uninstall_removes_what_was_installed(self):
        self.alone()
        root = self.folder
        make = ["make", "-C", ROOT, "-o", "build", f"DESTDIR={root}",
                f"BUILD={self.build}"]
        self.run_well(*make, "install")
        installed = ntm_process.run("--version",
                                    binary=root / "usr/local/bin/ntm")
        self.assertEqual(installed.stdout,
                         ntm_process.run("--version").stdout)
        settings = root / "etc/ntm/ntm.yaml"
        settings.write_text("port: 9100\n")
        self.run_well(*make, "install")
        self.assertEqual(settings.read_text(), "port: 9100\n")
        self.run_well(*make, "uninstall")
        self.assertEqual(
            {path for path in root.rglob("*") if path.is_file()},
            {settings, root / "etc/default/ntm"})


class CompletionTest(PackagedCase):
    BASH = r"""
        source /usr/share/bash-completion/bash_completion
        source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
        _ntm "$1" "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
        printf '%s\n' "${COMPREPLY[@]}"
    """

    def completed(self, *words):
        return self.run_well(
            "bash", "-c", self.BASH, "bash",
            ROOT / "packaging/completions/ntm.bash",
            os.path.abspath(ntm_process.BINARY), *words,
            cwd=self.folder).split()

    def test_bash_completes_options_values_and_subcommands(self):
        if not os.path.exists("/usr/share/bash-completion/bash_completion"):
            raise unittest.SkipTest("there is no package bash-completion")
        self.assertEqual(self.completed("--max-ser"), ["--max-series"])
        self.assertEqual(self.completed("--log-format", ""), ["text", "json"])
        self.assertEqual(self.completed("-i", "an"), ["any"])
        self.assertIn("doctor", self.completed(""))
        self.assertNotIn("doctor", self.completed("-p", "9100", ""))
        self.assertEqual(self.completed("help", "na"), ["names"])
        (self.folder / "home.pcap").touch()
        self.assertEqual(self.completed("-r", "ho"), ["home.pcap"])

    ZSH = r"""
        zmodload zsh/zpty
        typeset -F SECONDS
        # Reads what is shown until it holds $1; a second at most is normal.
        expect() {
          local part; local -F end=$((SECONDS + 20)); shown=
          while [[ $shown != *$1* ]]; do
            (( SECONDS < end )) || { print -r "no $1 in: $shown"; exit 1 }
            zpty -rt shell part && shown+=${part//[^[:print:]]/}
          done
        }
        zpty shell zsh -f -i
        zpty -w shell "PS1=; path=($1:h \$path); fpath=($2 \$fpath)"
        zpty -w shell 'autoload -U compinit; compinit -u -D; echo re""ady'
        expect ready
        zpty -n -w shell $'ntm --max-ser\t'; expect '--max-series'
        zpty -n -w shell $'9 --log-format te\t'; expect 'text'
        zpty -n -w shell $'-i an\t'; expect 'any'
        zpty -n -w shell $'\x15ntm doct\t'; expect 'doctor'
        zpty -n -w shell $'\x15ntm help nam\t'; expect 'names'
        print done
    """

    def test_zsh_completes_options_values_and_subcommands(self):
        self.need("zsh", "zsh")
        said = self.run_well(
            "zsh", "-f", "-c", self.ZSH, "zsh",
            os.path.abspath(ntm_process.BINARY), ROOT / "packaging/completions",
            cwd=self.folder, env={**os.environ, "TERM": "dumb"})
        self.assertEqual(said, "done\n")
