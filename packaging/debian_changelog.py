"""Makes a Debian changelog out of CHANGELOG.md, on standard output.

    debian_changelog.py CHANGELOG.md MAINTAINER

Every "## VERSION" is an entry, all with the date of the package:
SOURCE_DATE_EPOCH, or now.
"""

import email.utils
import os
import pathlib
import re
import sys
import textwrap
import time


def items(section):
    """The points of a list, each as one line."""
    return [" ".join(item.split())
            for item in re.split(r"^- ", section, flags=re.MULTILINE)[1:]]


def entry(version, section, maintainer, date):
    points = "\n".join(
        textwrap.fill(item, 78, initial_indent="  * ",
                      subsequent_indent="    ", break_on_hyphens=False)
        for item in items(section))
    # The format needs the brackets of a mail address, but there is no address.
    return (f"ntm ({version}) unstable; urgency=medium\n\n{points}\n\n"
            f" -- {maintainer} <>  {date}\n")


def main(path, maintainer):
    text = pathlib.Path(path).read_text(encoding="utf-8")
    date = email.utils.formatdate(
        int(os.environ.get("SOURCE_DATE_EPOCH", time.time())),
        usegmt=True).replace("GMT", "+0000")
    sections = re.split(r"^## (\S+).*\n", text, flags=re.MULTILINE)[1:]
    print("\n".join(
        entry(version, section, maintainer, date)
        for version, section in zip(sections[::2], sections[1::2])), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
