"""What is wrong with a block, in a sentence that names the block and the transaction inside it.

BlockError             nothing of the block may be believed
├── LayoutError        its bytes are not what the layout says: an unknown type or size, cut off, too long
└── ChainError         it is not the block that Ethereum confirmed, or does not follow the one before
"""

from __future__ import annotations

from bot.errors import TesseraError


class BlockError(TesseraError):
    """Nothing of the block may be believed."""


class LayoutError(BlockError):
    """The bytes are not what the published layout says."""


class ChainError(BlockError):
    """It is not the block that Ethereum confirmed, or it does not follow the one before."""
