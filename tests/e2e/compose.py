"""packaging/compose.yaml, as Compose reads it."""

import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).parents[2]
FILE = ROOT / "packaging" / "compose.yaml"
_VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")


def read(**environment):
    """The file with its variables replaced, by their defaults if not given."""
    text = _VARIABLE.sub(
        lambda match: environment.get(match.group(1)) or match.group(2),
        FILE.read_text(encoding="utf-8"))
    return yaml.safe_load(text)


def mounts(service):
    """{path in the container: path here} of the bind mounts."""
    found = {}
    for each in service.get("volumes", ()):
        source, target = each.split(":")[:2]
        if source.startswith("."):
            found[target] = (FILE.parent / source).resolve()
    return found


def command(service, **volumes):
    """Its command with the paths on this machine, from `volumes`."""
    places = {**mounts(service),
              **{f"/{name}": path for name, path in volumes.items()}}
    words = []
    for word in service["command"]:
        name, _, value = word.partition("=")
        for target, here in places.items():
            if value == target or value.startswith(target + "/"):
                value = str(here) + value[len(target):]
        words.append(f"{name}={value}")
    return words
