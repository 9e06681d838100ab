"""The sandbox of a module's tests, and sync over it."""

from tests.faults.sandboxed import synced
from tests.loopring_source import module_sandbox, sandbox

__all__ = ["module_sandbox", "sandbox", "synced"]
