"""How pytest runs these tests: several at a time, many in one process."""

import pytest

import ntm_process


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.name.startswith("test_live_"):
            item.add_marker(pytest.mark.live)
        if item.path.name.startswith("test_cross_"):
            item.add_marker(pytest.mark.cross)
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True)
def _own_state():
    """No test sees what another one's ntm has kept."""
    ntm_process.forget_state()
