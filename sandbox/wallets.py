"""Smart wallets, on Ethereum or not yet deployed, and the keys that sign for them.

An account without a `wallet` of its own in `community.toml` belongs to an ordinary key. Loopring's smart wallets have
the address that their factory's CREATE2 gives them, whether or not they were deployed yet; the code of
such a wallet is made up, and so are factory and addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.checksums import checksummed, keccak_256
from sandbox.signing import address_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_SEED_PREFIX = b"tessera sandbox: "
WALLET_FACTORY = checksummed("0x" + keccak_256(_SEED_PREFIX + b"wallet factory")[12:].hex())
CREATION_CODE_HASH = keccak_256(_SEED_PREFIX + b"what a smart wallet is made of")
DELEGATED = bytes.fromhex("ef0100")  # EIP-7702: an ordinary key's account that borrows a contract's code
BEHAVIOURS = ("loopring", "typed", "plain", "any", "reverts", "empty", "slow")


@dataclass
class Wallet:
    """A smart wallet, or an ordinary key's account with borrowed code.

    Attributes:
        address: in the case of EIP-55.
        key_seed: the seed of its signing key, see `sandbox.signing`.
        code: the code at the address; empty before it is deployed.
        behaviour: what a call of it does. `loopring` is Loopring's wallet, `typed` an older one, which goes by the
            last byte of a signature, `slow` one that is slow to answer; `plain` is a contract that knows EIP-1271 and
            no more, `any` one that accepts whatever it is asked about; `reverts` and `empty` answer every call so.
        owner: who signs for the contract: the address of its key, or another wallet.
        is_locked: its guardians locked it, so that it takes no signature.
        first_owner: the owner in its address, always the one that Loopring's API returns; empty for borrowed code.
        first_key_seed: the seed of the first owner's key.
        salt: the CREATE2 salt in its address.
        is_listed: Loopring's API knows it as counterfactual.
        signed_on_chain: digests that the wallet signed by a transaction, for which an empty signature is enough.
    """

    address: str
    key_seed: str
    code: bytes = b""
    behaviour: str = "loopring"
    owner: str = ""
    is_locked: bool = False
    first_owner: str = ""
    first_key_seed: str = ""
    salt: int = 0
    is_listed: bool = False
    signed_on_chain: set[bytes] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """`eoa`, `contract`, or `counterfactual` for one that was not deployed yet."""
        if self.code.startswith(DELEGATED):
            return "eoa"
        return "contract" if self.code else "counterfactual"


def read_wallet(account_id: int, entry: Mapping[str, Any], above: Wallet | None) -> Wallet:
    """The wallet of an account of the file.

    Args:
        account_id: the seed of its key.
        entry: `delegate` (a seed) makes an account with borrowed code, and else there is a `salt`. `behaviour`,
            `locked`, `deployed` (true), `listed` (false) are as the attributes; `owner` names the account of the wallet
            that owns this one; `recovered` means that another key than the first one owns it now.
        above: the wallet of `owner`.

    Raises:
        KeyError: there is neither `delegate` nor `salt`.
        ValueError: there is no such behaviour.
    """
    key_seed, behaviour = str(account_id), entry.get("behaviour", "loopring")
    if behaviour not in BEHAVIOURS:
        raise ValueError(f"behaviour must be one of {', '.join(BEHAVIOURS)}")
    if "delegate" in entry:
        code = DELEGATED + keccak_256(_SEED_PREFIX + entry["delegate"].encode())[12:]
        return Wallet(address_of(key_seed), key_seed, code, "plain", address_of(key_seed))
    owner = address_of(key_seed)
    if above is not None:
        key_seed, owner = above.key_seed, above.address
    is_recovered = entry.get("recovered", False)
    first_key_seed = f"{key_seed} before" if is_recovered else key_seed
    first_owner = address_of(first_key_seed) if is_recovered else owner
    address = wallet_address(first_owner, entry["salt"])
    return Wallet(
        address,
        key_seed,
        _code(address) if entry.get("deployed", True) else b"",
        behaviour,
        owner,
        entry.get("locked", False),
        first_owner,
        first_key_seed,
        entry["salt"],
        entry.get("listed", False),
    )


def wallet_address(owner: str, salt: int) -> str:
    """Where the factory puts the wallet of an owner: CREATE2, as Loopring's WalletFactory salts it."""
    salted = keccak_256(b"WALLET_CREATION" + bytes.fromhex(owner[2:]) + salt.to_bytes(32, "big"))
    made = keccak_256(b"\xff" + bytes.fromhex(WALLET_FACTORY[2:]) + salted + CREATION_CODE_HASH)
    return checksummed("0x" + made[12:].hex())


def _code(address: str) -> bytes:
    """Something that looks like a contract."""
    return bytes.fromhex("6080604052") + keccak_256(address.encode())
