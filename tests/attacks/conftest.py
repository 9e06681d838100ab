"""What attacks are tried on."""

from tests.e2e.conftest import bare_sandbox

__all__ = ["bare_sandbox"]
