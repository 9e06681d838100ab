"""A call that creates a contract, as far as code without jumps goes: calls other contracts, and returns what they did.

Wallets of which nothing is deployed can be asked in this way (ERC-6492). Only these instructions are known; another one
is an invalid opcode, as 0xfe is to any node. The factory deploys the community's own wallets, for this call alone; a
second function of it does so by the gas that is left, of which a zero byte in the code costs 12 less than another one.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox.checksums import checksummed
from sandbox.ethereum.abi import read_address, read_number, selector
from sandbox.ethereum.contracts import RevertedError, call
from sandbox.wallets import WALLET_FACTORY

if TYPE_CHECKING:
    from sandbox.world import World

CREATE_ACCOUNT = selector("createAccount(address)")
CREATE_BY_GAS = selector("createAccountByGas(address,uint256)")
_DEPLOYED = bytes.fromhex("6080604052")
_PUSH1, _PUSH32 = 0x60, 0x7F
_MULTIPLY, _GREATER, _CODE_COPY, _RETURNED, _RETURNED_COPY, _POP, _STORE = 0x02, 0x11, 0x39, 0x3D, 0x3E, 0x50, 0x52
_GAS, _CALL, _RETURN, _STATICCALL = 0x5A, 0xF1, 0xF3, 0xFA
_GAS_AT_FIRST = 50_000_000
_GAS_OF_A_BYTE, _GAS_OF_A_ZERO = 16, 4


class InvalidOpcodeError(Exception):
    """An instruction that this machine does not know."""


class Creation:
    """One simulated creation.

    Args:
        world: whose wallets there are; it stays as it is.
    """

    def __init__(self, world: World) -> None:
        self._world = copy(world)
        self._world.wallets = dict(world.wallets)
        self._stack: list[int] = []
        self._memory = bytearray()
        self._returned = b""
        self._gas = _GAS_AT_FIRST

    def run(self, code: bytes) -> bytes:
        """What a creation returns.

        Raises:
            InvalidOpcodeError: there is more to it than this machine knows.
            RevertedError: never by itself; calls that revert are the code's own matter.
        """
        self._gas = _GAS_AT_FIRST - _GAS_OF_A_BYTE * len(code) + (_GAS_OF_A_BYTE - _GAS_OF_A_ZERO) * code.count(0)
        at = 0
        while at < len(code):
            opcode = code[at]
            at += 1
            if _PUSH1 <= opcode <= _PUSH32:
                size = opcode - _PUSH1 + 1
                self._stack.append(int.from_bytes(code[at : at + size]))
                at += size
            elif opcode == _RETURN:
                return self._read(self._stack.pop(), self._stack.pop())
            else:
                self._step(opcode, code)
        return b""

    def _step(self, opcode: int, code: bytes) -> None:
        pop = self._stack.pop
        if opcode == _POP:
            pop()
        elif opcode == _GAS:
            self._stack.append(self._gas)
        elif opcode == _MULTIPLY:
            self._stack.append(pop() * pop() % 2**256)
        elif opcode == _GREATER:
            self._stack.append(int(pop() > pop()))
        elif opcode == _STORE:
            self._write(pop(), pop().to_bytes(32))
        elif opcode == _RETURNED:
            self._stack.append(len(self._returned))
        elif opcode in (_CODE_COPY, _RETURNED_COPY):
            to, start, size = pop(), pop(), pop()
            copied = code if opcode == _CODE_COPY else self._returned
            self._write(to, copied[start : start + size].ljust(size, b"\0"))
        elif opcode in (_CALL, _STATICCALL):
            self._call(changes=opcode == _CALL)
        else:
            raise InvalidOpcodeError(f"0x{opcode:02x}")

    def _call(self, *, changes: bool) -> None:
        pop = self._stack.pop
        _gas, address = pop(), checksummed(f"0x{pop():040x}")
        if changes:
            pop()  # the value
        data = self._read(pop(), pop())
        to, size = pop(), pop()
        try:
            self._returned = (
                self._deploy(data) if address == WALLET_FACTORY and changes else call(address, data, self._world)
            )
            self._stack.append(1)
        except (RevertedError, ValueError) as reverted:  # ValueError: arguments that Solidity would not decode
            self._returned = reverted.data if isinstance(reverted, RevertedError) else b""
            self._stack.append(0)
        self._write(to, self._returned[:size])

    def _deploy(self, data: bytes) -> bytes:
        if data[:4] == CREATE_BY_GAS:
            if self._gas // (_GAS_OF_A_BYTE - _GAS_OF_A_ZERO) % 2 != read_number(data[4:], 1):
                return b""
        elif data[:4] != CREATE_ACCOUNT:
            return call(WALLET_FACTORY, data, self._world)
        wallet = self._world.wallets.get(read_address(data[4:], 0).lower())
        if wallet is None or wallet.code:
            raise RevertedError
        self._world.wallets[wallet.address.lower()] = replace(wallet, code=_DEPLOYED)
        return b""

    def _read(self, start: int, size: int) -> bytes:
        return bytes(self._memory[start : start + size].ljust(size, b"\0"))

    def _write(self, start: int, content: bytes) -> None:
        end = start + len(content)
        self._memory.extend(bytes(max(0, end - len(self._memory))))
        self._memory[start:end] = content
