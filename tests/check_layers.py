#!/usr/bin/env python3
"""Checks that includes point downwards only and modules never see each other;
that no call of std::filesystem throws, and every thread is run by RunThread.

The layers are those of docs/architecture.md. Exit 1 with one line per fault.
"""

import pathlib
import re
import sys

LAYERS = {
    "accept_encoding": 0,
    "batch_lock": 0,
    "build_info": 0,
    "byte_reader": 0,
    "capture_right": 0,
    "counter_growth": 0,
    "database": 0,
    "duration": 0,
    "error": 0,
    "hash_seed": 0,
    "kept_file": 0,
    "netlink_connection": 0,
    "option_declarer": 0,
    "shown_units": 0,
    "state_directory": 0,
    "thread_work": 0,
    "tls_settings": 0,
    "unix_time": 0,
    "utc_text": 0,
    "wake_event": 0,
    "whole_number": 0,
    "address": 1,
    "credentials": 1,
    "local_networks": 1,
    "network": 1,
    "protocol": 1,
    "secret_file": 1,
    "anonymizer": 2,
    "classify": 2,
    "decode": 2,
    "flow_label": 2,
    "frequency_sketch": 2,
    "packet": 2,
    "services": 2,
    "traffic_class": 2,
    "class_counts": 3,
    "dns_listener": 3,
    "flow_key": 3,
    "flow_key_maker": 3,
    "flow_rates": 3,
    "flow_table": 3,
    "host_names": 3,
    "host_text": 3,
    "named_hosts": 3,
    "packet_log": 3,
    "posts": 3,
    "snapshot": 3,
    "stored_tables": 3,
    "capture": 4,
    "capture_filter": 4,
    "dns_tap": 4,
    "link": 4,
    "live_capture": 4,
    "overlap": 4,
    "pipeline": 4,
    "channel": 5,
    "exposition": 5,
    "family": 5,
    "http_post": 5,
    "http_refusals": 5,
    "http_target": 5,
    "json": 5,
    "module": 5,
    "route": 5,
    "access_rule": 6,
    "exporter": 6,
    "http_server": 6,
}
MODULES_SEE = {0, 1, 2, 3, 5}
# What asks the system, and has a form that throws. Their last argument says that
# it is not the one.
ASKING = re.compile(
    r"std::filesystem::(?:exists|is_\w+|file_size|last_write_time|rename|copy\w*"
    r"|remove\w*|create_\w+|equivalent|absolute|canonical|read_symlink|status"
    r"|current_path|space|permissions|directory_iterator)(?: \w+)?\(")
ERROR_CODE = re.compile(r"\*?(?:error|none|ignored)$")
INCLUDE = re.compile(r'^\s*#include "([^"]+)"', re.MULTILINE)


def includes(path):
    return INCLUDE.findall(path.read_text(encoding="utf-8"))


def core_headers(path):
    for name in includes(path):
        if name.startswith("ntm/"):
            yield name[len("ntm/"):-len(".h")]


def check_core(root):
    for header in sorted((root / "include/ntm").glob("*.h")):
        own = LAYERS.get(header.stem)
        if own is None:
            yield f"{header.name}: not in the list of layers"
            continue
        for other in core_headers(header):
            if LAYERS.get(other, 99) > own:
                yield f"{header.name} (layer {own}) includes {other}.h above it"
    for source in sorted((root / "src/core").glob("*.cc")):
        own = LAYERS.get(source.stem)
        for other in core_headers(source):
            if own is not None and LAYERS.get(other, 99) > own:
                yield f"{source.name} (layer {own}) includes {other}.h above it"
        for name in includes(source):
            if "/" in name and not name.startswith("ntm/"):
                yield f"src/core/{source.name} includes {name}"


def check_modules(root):
    for folder in sorted((root / "src/modules").iterdir()):
        for source in sorted([*folder.glob("*.cc"), *folder.glob("*.h")]):
            for name in includes(source):
                inside = (folder / name).exists()
                layer = LAYERS.get(name[len("ntm/"):-len(".h")])
                if not inside and layer not in MODULES_SEE:
                    yield f"{folder.name}/{source.name} includes {name}"


def arguments(text, begin):
    """What stands between the bracket before `begin` and the one that closes."""
    depth, end = 1, begin
    while depth and end < len(text):
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
    return text[begin:end - 1].strip()


def check_calls(root):
    for source in sorted((root / "src").rglob("*.cc")):
        text = source.read_text(encoding="utf-8")
        for call in ASKING.finditer(text):
            given = arguments(text, call.end())
            if given and not ERROR_CODE.search(given):
                yield f"{source.name}: {call.group()}{given}) may throw"
        threads = len(re.findall(r"std::jthread\(\[|thread_\(\[", text))
        if text.count("RunThread(") < threads:
            yield f"{source.name}: a thread is not run by RunThread()"


def main():
    root = pathlib.Path(sys.argv[1])
    faults = [*check_core(root), *check_modules(root), *check_calls(root)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
