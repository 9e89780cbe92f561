"""Tells what a program is made of: a CycloneDX 1.5 document, standard output.

    make_sbom.py PROGRAM VERSION [PACKAGE …]

Components are the Debian packages of the libraries that PROGRAM asks for when
it starts, and the PACKAGEs that are built in: headers, static libraries.
SOURCE_DATE_EPOCH dates the document.
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
    """The names of the libraries that it is linked to."""
    return re.findall(r"\(NEEDED\).*\[(.+)\]", output("readelf", "-d", program))


def package_of(library):
    """The package that a library's file belongs to."""
    found = output("dpkg-query", "-S", f"*/{library}").split(":")[0]
    assert found, library
    return found


def component(package, scope):
    version, architecture, homepage = output(
        "dpkg-query", "-W", "-f",
        "${Version}\n${Architecture}\n${Homepage}", package).split("\n")
    purl = f"pkg:deb/debian/{package}@{version}?arch={architecture}"
    described = {"type": "library", "bom-ref": purl, "name": package,
                 "version": version, "scope": scope, "purl": purl}
    if homepage:
        described["externalReferences"] = [{"type": "website", "url": homepage}]
    return described


def document(program, version, built_in):
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH",
                               os.path.getmtime(program)))
    moment = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc)
    linked = sorted({package_of(library) for library in needed(program)})
    components = [component(package, "required")
                  for package in [*linked, *sorted(built_in)]]
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
