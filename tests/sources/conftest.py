"""The fixtures of these tests: the sandbox's Loopring, and a source that asks it."""

from tests.loopring_source import module_sandbox, sandbox, source

__all__ = ["module_sandbox", "sandbox", "source"]
