"""The fixtures of these tests: the sandbox's Loopring and a source that asks it; a scripted server and its clients."""

from tests.loopring_source import module_sandbox, sandbox, source
from tests.sources.scripted_server import make_client, server

__all__ = ["make_client", "module_sandbox", "sandbox", "server", "source"]
