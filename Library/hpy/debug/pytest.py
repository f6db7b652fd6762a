"""A fixture for tests of extension modules: `from hpy.debug.pytest import hpy_debug`."""
import pytest

from .leakdetector import LeakDetector


@pytest.fixture
def hpy_debug(request):
    """Fails a test that leaves handles open."""
    with LeakDetector() as detector:
        yield detector
