"""Validates documents with published JSON schemas (tests/types)."""

import json
import unittest

import published_types


def cyclonedx(version):
    """A validator for a bill of materials, with the published schema."""
    try:
        import jsonschema
    except ImportError:
        raise unittest.SkipTest(
            "there is no jsonschema (package python3-jsonschema)") from None
    folder = (published_types.require()
              / "@cyclonedx/cyclonedx-library/res/schema")
    main = folder / f"bom-{version}.SNAPSHOT.schema.json"
    if not main.is_file():
        raise unittest.SkipTest(f"there is no {main} (`npm ci "
                                "--ignore-scripts` in tests/types)")
    schema = json.loads(main.read_text(encoding="utf-8"))
    base = schema["$id"].rsplit("/", 1)[0]
    # The parts refer to each other by file name: nothing is downloaded.
    parts = {f"{base}/{path.name}": json.loads(path.read_text("utf-8"))
             for path in folder.glob("*.schema.json")}
    resolver = jsonschema.RefResolver(schema["$id"], schema, store=parts)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, resolver=resolver)
