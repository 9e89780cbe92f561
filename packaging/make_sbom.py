"""Writes a bill of materials (CycloneDX 1.5) to standard output.

    make_sbom.py PROGRAM VERSION [PACKAGE …]

Components are the Debian packages of PROGRAM's shared libraries, and the PACKAGEs
that are compiled in: headers, static libraries. SOURCE_DATE_EPOCH is the date of the
document.
"""

import datetime
import json
import os
import re
import subprocess
import sys
import uuid


def output(*command):
    return subprocess.run(command, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def needed(program):
    """The files of the libraries that it is linked to."""
    names = re.findall(r"\(NEEDED\).*\[(.+)\]",
                       output("readelf", "-d", program))
    paths = dict(re.findall(r"(\S+) => (/\S+)", output("ldd", program)))
    return [paths[name] for name in names if name in paths]


def packages_of(paths):
    """The packages that files belong to."""
    # dpkg knows some by /lib and some by /usr/lib, which are the same folder.
    known = [other for path in paths
             for other in (path, "/usr" + path, path.removeprefix("/usr"))]
    said = subprocess.run(["dpkg-query", "-S", *known], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return {line.split(":")[0] for line in said.stdout.splitlines()}


def component(line):
    """A component, from a package's line of dpkg-query."""
    package, version, architecture, homepage = line.split("\t")
    purl = f"pkg:deb/debian/{package}@{version}?arch={architecture}"
    described = {"type": "library", "bom-ref": purl, "name": package,
                 "version": version, "scope": "required", "purl": purl}
    if homepage:
        described["externalReferences"] = [{"type": "website", "url": homepage}]
    return described


def components_of(packages):
    told = output(
        "dpkg-query", "-W", "-f",
        r"${Package}\t${Version}\t${Architecture}\t${Homepage}\n", *packages)
    return [component(line) for line in sorted(told.splitlines())]


def document(program, version, built_in):
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH",
                               os.path.getmtime(program)))
    moment = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc)
    components = components_of(packages_of(needed(program)) | set(built_in))
    own = f"pkg:generic/ntm@{version}"
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([own, components]))
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{serial}", "version": 1,
        "metadata": {
            "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "application", "bom-ref": own, "name": "ntm",
                          "version": version, "purl": own,
                          "licenses": [{"license": {"id": "MIT"}}]}},
        "components": components,
        "dependencies": [{"ref": own, "dependsOn": [
            each["bom-ref"] for each in components]}],
    }


def main(program, version, *built_in):
    json.dump(document(program, version, built_in), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main(*sys.argv[1:])
