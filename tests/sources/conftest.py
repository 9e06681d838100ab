"""The fixtures of these tests: the sandbox's Loopring, and a source that asks it."""

from tests.loopring_source import module_stage, source, stage

__all__ = ["module_stage", "source", "stage"]
