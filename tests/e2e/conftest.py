"""How pytest runs these tests: in parallel, many in one process."""

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
    """No test sees the state of another test's ntm."""
    ntm_process.forget_state()
