// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// The wallet of one key.
contract Owned is IERC1271 {
    address public immutable owner;

    constructor(address owner_) {
        owner = owner_;
    }

    function isValidSignature(bytes32 hash, bytes memory signature) external view virtual returns (bytes4) {
        bool isValid = SignatureChecker.isValidSignatureNow(owner, hash, signature);
        return isValid ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// Accepts the digest as a message of its own, too, as Loopring's wallets do.
contract Wrapping is Owned {
    constructor(address owner_) Owned(owner_) {}

    function isValidSignature(bytes32 hash, bytes memory signature) external view override returns (bytes4) {
        (address asItIs, , ) = ECDSA.tryRecover(hash, signature);
        (address wrapped, , ) = ECDSA.tryRecover(MessageHashUtils.toEthSignedMessageHash(hash), signature);
        return asItIs == owner || wrapped == owner ? this.isValidSignature.selector : bytes4(0);
    }
}

/// The same, and has no way to say who owns it.
contract SilentWrapping {
    address private immutable key;

    constructor(address key_) {
        key = key_;
    }

    function isValidSignature(bytes32 hash, bytes memory signature) external view returns (bytes4) {
        (address asItIs, , ) = ECDSA.tryRecover(hash, signature);
        (address wrapped, , ) = ECDSA.tryRecover(MessageHashUtils.toEthSignedMessageHash(hash), signature);
        return asItIs == key || wrapped == key ? this.isValidSignature.selector : bytes4(0);
    }
}

/// Accepts nothing but the digest as a message of its own.
contract AlwaysWrapping is Owned {
    constructor(address owner_) Owned(owner_) {}

    function isValidSignature(bytes32 hash, bytes memory signature) external view override returns (bytes4) {
        (address signer, , ) = ECDSA.tryRecover(MessageHashUtils.toEthSignedMessageHash(hash), signature);
        return signer == owner ? this.isValidSignature.selector : bytes4(0);
    }
}

/// The wallet of many keys, which all have to sign: kilobytes.
contract ManyOwners is IERC1271 {
    address[] private owners;

    constructor(address[] memory owners_) {
        owners = owners_;
    }

    function isValidSignature(bytes32 hash, bytes memory signature) external view returns (bytes4) {
        bytes[] memory signatures = abi.decode(signature, (bytes[]));
        for (uint256 i = 0; i < owners.length; i++) {
            if (ECDSA.recover(hash, signatures[i]) != owners[i]) return 0xffffffff;
        }
        return this.isValidSignature.selector;
    }
}

contract Factory {
    function create(address owner, bytes32 salt) external returns (address) {
        return address(new Owned{salt: salt}(owner));
    }

    function where(address owner, bytes32 salt) external view returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(Owned).creationCode, abi.encode(owner)));
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), salt, code)))));
    }
}

/// Deploys by the gas that is left: one zero byte more in what it is asked with is 12 less, and it tells two calls apart.
contract FactoryByGas {
    function create(address key, uint256 remainder) external {
        if ((gasleft() / 12) % 2 == remainder) new SilentWrapping{salt: 0}(key);
    }

    function createAndBurn(address key) external {
        new SilentWrapping{salt: 0}(key);
        try this.burn() {} catch {}
    }

    function burn() external pure {
        assembly {
            invalid()
        }
    }

    function where(address key) external view returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(SilentWrapping).creationCode, abi.encode(key)));
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), bytes32(0), code)))));
    }
}

contract BurnsGas {
    function isValidSignature(bytes32, bytes memory) external view returns (bytes4) {
        assembly {
            mstore(0xffffffffff, 1)
        }
        return 0x1626ba7e;
        return 0x1626ba7e;
    }
}

contract Reverts {
    function isValidSignature(bytes32, bytes memory) external pure returns (bytes4) {
        revert("never");
    }
}

contract MeetsAnInvalidInstruction {
    function isValidSignature(bytes32, bytes memory) external pure returns (bytes4) {
        assembly {
            invalid()
        }
    }
}

/// Reverts with what an acceptance returns.
contract RevertsWithAcceptance {
    function isValidSignature(bytes32, bytes memory) external pure returns (bytes4) {
        assembly {
            mstore(0, shl(224, 0x1626ba7e))
            revert(0, 32)
        }
    }
}

/// Returns too little: three of the four bytes.
contract ReturnsTooLittle {
    fallback() external {
        assembly {
            mstore(0, shl(224, 0x1626ba7e))
            return(0, 3)
        }
    }
}
