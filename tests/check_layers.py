#!/usr/bin/env python3
"""Checks that includes point downwards only and modules never see each other.

The layers are those of docs/architecture.md. Exit 1 with one line per fault.
"""

import pathlib
import re
import sys

LAYERS = {
    "batch_lock": 0,
    "build_info": 0,
    "byte_reader": 0,
    "capture_right": 0,
    "counter_growth": 0,
    "database": 0,
    "duration": 0,
    "error": 0,
    "hash_seed": 0,
    "netlink_connection": 0,
    "option_declarer": 0,
    "shown_units": 0,
    "state_directory": 0,
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


def main():
    root = pathlib.Path(sys.argv[1])
    faults = [*check_core(root), *check_modules(root)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
