"""Makes ntm(1) out of what `ntm --help all` says.

    man_page.py ntm [WORD …] > ntm.1

The words are the program, with an emulator before it where it needs one. Its
text is regular: "Usage:" up to a blank line, a paragraph, topics ("capture: …"),
a paragraph. A topic has entries, whose text is indented further:
"  -i, --interface NAME", or "  ntm history [--json]", whose own options stand
behind its text with theirs in a second column. Usages are continued at column
12. SOURCE_DATE_EPOCH dates the page.
"""

import datetime
import os
import re
import subprocess
import sys

AFTER = r"""
.SH EXIT STATUS
.TP
0
Success.
.TP
1
Failure; one line on standard error says why and what to do.
.TP
2
Wrong options.
.SH FILES
.TP
.I /etc/ntm/ntm.yaml
The configuration file, unless \-c names another: any option by its long name.
.TP
.I /etc/default/ntm
Environment variables of the system service.
.TP
.I /etc/services
The names of services; see
.BR services (5).
.TP
.I /var/lib/ntm
The state directory: $STATE_DIRECTORY if that is set; for users other than root
.IR ~/.local/state/ntm .
.SH NOTES
.B ntm
needs root or the capability CAP_NET_RAW to capture. The system service
.B ntm.service
has only this capability. An instance for one interface is
.BR ntm@eth0.service ;
set its port in
.IR /etc/default/ntm@eth0 .
.SH SEE ALSO
.BR pcap\-filter (7),
.BR tcpdump (8),
.BR services (5),
.BR systemd.exec (5)
"""


def escaped(text):
    text = text.replace("\\", r"\e").replace("-", r"\-")
    text = text.replace("…", "...").replace("'", r"\(aq")
    return r"\&" + text if text.startswith(".") else text


def run(command, *words):
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith("NTM_")}
    return subprocess.run([*command, *words], env=environment, check=True,
                          stdout=subprocess.PIPE, text=True).stdout


def today():
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = (datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc)
              if epoch else datetime.datetime.now(datetime.timezone.utc))
    return moment.strftime("%Y-%m-%d")


def entry(heading):
    """A flag in bold, what it takes in italics."""
    parts = []
    for word in heading.split():
        name = word.rstrip(",")
        style = "B" if name.startswith("-") or name == "filter" else "I"
        tail = ", " if word.endswith(",") else " "
        parts.append(rf"\f{style}{escaped(name)}\fR{tail}")
    return "".join(parts).rstrip()


def usage(text):
    """The name in bold, the rest as it stands."""
    name = re.match(r"(?:ntm )?\S+", text)[0]
    return rf"\fB{escaped(name)}\fR{escaped(text[len(name):])}"


def body(lines):
    """The paragraphs and topics after the usage."""
    out, own = [], False  # own: inside a subcommand's own options
    for line in lines:
        topic = re.fullmatch(r"[a-z][a-z-]*:( .*)?", line)
        option = re.fullmatch(r" {6}(-\S.*?) {2,}(\S.*)", line)
        if own and not line.startswith("       ") and not option:
            out.append(".RE")
            own = False
        if topic:
            out.append(f'.SS "{escaped(line)}"')
        elif line.startswith("  ntm "):
            out += [".TP", usage(line.strip())]
        elif re.match(r"  \S", line):
            out += [".TP", entry(line)]
        elif option:
            out += ([] if own else [".RS"]) + [
                ".TP", entry(option[1]), escaped(option[2])]
            own = True
        elif not line.strip():
            out.append(".PP")
        else:
            out.append(escaped(line.strip()))
    return out


def collapsed(out):
    """Without paragraphs that begin nothing."""
    kept = []
    for line in out:
        if line.startswith(".S"):
            while kept and kept[-1] == ".PP":
                kept.pop()
        if line == ".PP" and (not kept or kept[-1].startswith((".S", ".PP"))):
            continue
        kept.append(line)
    while kept and kept[-1] == ".PP":
        kept.pop()
    return kept


def page(help_text, version):
    text = re.sub(r"\n {11}(?=\[)", " ", help_text.rstrip("\n"))
    head, rest = text.split("\n\n", 1)
    synopsis = []
    for line in head.removeprefix("Usage:").split("\n"):
        synopsis += [usage(line.strip()), ".br"]
    return "\n".join([
        f'.TH NTM 1 "{today()}" "ntm {version}" "User Commands"',
        ".SH NAME", r"ntm \- network traffic metrics for Prometheus",
        ".SH SYNOPSIS", ".nh", *synopsis[:-1], ".hy",
        ".SH DESCRIPTION", *collapsed(body(rest.split("\n")))]) + AFTER


def main(command):
    version = run(command, "--version").split()[1]
    sys.stdout.write(page(run(command, "--help", "all"), version))


if __name__ == "__main__":
    main(sys.argv[1:])
