#!/usr/bin/env python3
"""Checks that rooms include only what docs/architecture.md allows, that no call of
std::filesystem throws, and that RunThread runs every thread.

A room is a folder of src with its public headers in include/ntm. The table under
"Rooms" says which room may include which. Exit code 1, with one line per fault.
"""

import pathlib
import re
import sys

# Calls that have a variant that throws. The last argument shows which variant it is.
ASKING = re.compile(
    r"std::filesystem::(?:exists|is_\w+|file_size|last_write_time|rename|copy\w*"
    r"|remove\w*|create_\w+|equivalent|absolute|canonical|read_symlink|status"
    r"|current_path|space|permissions|directory_iterator)(?: \w+)?\(")
ERROR_CODE = re.compile(r"\*?(?:error|none|ignored)$")
INCLUDE = re.compile(r'^\s*#include "([^"]+)"', re.MULTILINE)
# | `room` | what it holds | `may`, `include` |
ROW = re.compile(r"^\| `([a-z]+)` \|.*\|\s*([^|]*?)\s*\|$", re.MULTILINE)


def allowed(root):
    """{room: rooms that it may include}, from the table."""
    text = (root / "docs/architecture.md").read_text(encoding="utf-8")
    section = text.split("\n## Rooms\n")[1].split("\n## ")[0]
    rooms = {room: set(re.findall(r"`([a-z]+)`", may))
             for room, may in ROW.findall(section)}
    before = set()
    for room, may in rooms.items():
        if not may <= before:
            raise SystemExit(f"docs/architecture.md: {room} comes before "
                             f"{', '.join(sorted(may - before))}")
        before.add(room)
    return rooms


def sources(root):
    """Every file of the program, with its room and its own folder under src."""
    for file in sorted([*(root / "src").rglob("*.cc"), *(root / "src").rglob("*.h"),
                        *(root / "include/ntm").rglob("*.h")]):
        public = file.is_relative_to(root / "include/ntm")
        base = root / ("include/ntm" if public else "src")
        inside = file.relative_to(base)
        yield file, inside.parts[0], inside.parent


def check_includes(root):
    rooms = allowed(root)
    for file, room, folder in sources(root):
        if room not in rooms:
            yield f"{room}: not in the table of docs/architecture.md"
            continue
        for name in INCLUDE.findall(file.read_text(encoding="utf-8")):
            path = pathlib.PurePath(name)
            if path.parts[0] == "ntm":
                other = path.parts[1]
                if other != room and other not in rooms[room]:
                    yield f"{file.relative_to(root)} includes {name}"
            elif len(path.parts) > 1 and not (
                    room == "app" and path.parts[0] == "app"):
                yield f"{file.relative_to(root)} includes {name} of another folder"
            elif len(path.parts) == 1 and not (
                    (root / "src" / folder / name).exists()):
                yield f"{file.relative_to(root)} includes {name}, not of its folder"


def arguments(text, begin):
    """The text between the bracket before `begin` and its closing bracket."""
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
    faults = [*check_includes(root), *check_calls(root)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
