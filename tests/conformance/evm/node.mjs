// Serves an EVM of chain 1 (Hardhat 2) with wallets of several makers, and writes one line of JSON: its URL, and for each
// case the wallet's address, a signature of the text, and whether viem's own verification accepts it. The first line of
// standard input is {"text": string}; the node ends when standard input does.
//
// Sources are compiled here by solc: wallets.sol beside this file, with OpenZeppelin's contracts, and Safe 1.4.1.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import {
  AbiCoder, BrowserProvider, Contract, ContractFactory, Signature, Wallet, ZeroAddress, concat, getBytes, hashMessage, id, zeroPadValue,
} from 'ethers'
import { createPublicClient, http, serializeErc6492Signature } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { mainnet } from 'viem/chains'

const here = dirname(fileURLToPath(import.meta.url))
process.chdir(here)
process.env.HARDHAT_DISABLE_TELEMETRY_PROMPT = 'true'
const require = createRequire(import.meta.url)
const hre = require('hardhat')
const solc = require('solc')

const SAFE = '@safe-global/safe-contracts/contracts'
const SOURCES = ['wallets.sol', `${SAFE}/Safe.sol`, `${SAFE}/proxies/SafeProxyFactory.sol`, `${SAFE}/handler/CompatibilityFallbackHandler.sol`, `${SAFE}/libraries/SignMessageLib.sol`]
const source = (path) => readFileSync(path === 'wallets.sol' ? path : join('node_modules', path), 'utf8')

function compile() {
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(SOURCES.map((path) => [path, { content: source(path) }])),
    settings: { optimizer: { enabled: true, runs: 200 }, outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
  }
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: (path) => ({ contents: source(path) }) }))
  const errors = (output.errors ?? []).filter((error) => error.severity === 'error')
  if (errors.length) throw new Error(errors[0].formattedMessage)
  return Object.assign({}, ...Object.values(output.contracts))
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const { text } = JSON.parse((await lines.next()).value)
const compiled = compile()
const server = await hre.run('node:create-server', { hostname: '127.0.0.1', port: 0, provider: hre.network.provider })
const { port } = await server.listen()
const url = `http://127.0.0.1:${port}`
const provider = new BrowserProvider(hre.network.provider)
const payer = await provider.getSigner(0)

async function deploy(name, ...args) {
  const { abi, evm } = compiled[name]
  const contract = await new ContractFactory(abi, evm.bytecode.object, payer).deploy(...args)
  return contract.waitForDeployment()
}
const addressOf = async (contract) => contract.getAddress()

// Keys that everybody knows: hashes of words.
const key = (word) => id(`tessera conformance: ${word}`)
const ann = new Wallet(key('ann'))
const ben = new Wallet(key('ben'))
const eve = new Wallet(key('eve'))
const viemAnn = privateKeyToAccount(key('ann'))
const digest = hashMessage(text)
const coder = AbiCoder.defaultAbiCoder()

const cases = {}
const add = async (name, address, signature) => {
  cases[name] = { address: (await address).toLowerCase(), signature: await signature }
}

const byAnn = await ann.signMessage(text)
const opaque = await ann.signMessage(getBytes(digest))
await add('a key, ethers', ann.address, byAnn)
await add('a key, viem', ann.address, viemAnn.signMessage({ message: text }))
await add('a key, EIP-2098', ann.address, Signature.from(byAnn).compactSerialized)
await add('another key', ann.address, eve.signMessage(text))

const owned = await deploy('Owned', ann.address)
await add('a wallet of one key', addressOf(owned), byAnn)
await add('a wallet of one key, EIP-2098', addressOf(owned), Signature.from(byAnn).compactSerialized)
await add('a wallet of one key, another key', addressOf(owned), eve.signMessage(text))
await add('a wallet of one key, of opaque bytes', addressOf(owned), opaque)
await add('a wallet of one key, a changed text', addressOf(owned), ann.signMessage(text + '\n'))
const wrapping = await deploy('Wrapping', ann.address)
await add('a wallet that accepts opaque bytes', addressOf(wrapping), byAnn)
await add('a wallet that accepts opaque bytes, of opaque bytes', addressOf(wrapping), opaque)
await add('a wallet that accepts opaque bytes alone', addressOf(await deploy('AlwaysWrapping', ann.address)), opaque)
await add('a wallet that a wallet owns', addressOf(await deploy('Owned', await addressOf(owned))), byAnn)

const many = Array.from({ length: 40 }, (_, number) => new Wallet(key(`owner ${number}`)))
const manyOwners = await deploy('ManyOwners', many.map((each) => each.address))
const signatures = await Promise.all(many.map((each) => each.signMessage(text)))
await add('forty owners', addressOf(manyOwners), coder.encode(['bytes[]'], [signatures]))
await add('forty owners, one is another', addressOf(manyOwners), coder.encode(['bytes[]'], [signatures.map((each, number) => (number === 39 ? byAnn : each))]))

for (const name of ['BurnsGas', 'Reverts', 'MeetsAnInvalidInstruction', 'RevertsWithAcceptance', 'ReturnsTooLittle'])
  await add(name, addressOf(await deploy(name)), byAnn)

// ERC-6492, of a wallet that is deployed and of ones that are not
const factory = await deploy('Factory')
const wrap = async (maker, data, signature) => serializeErc6492Signature({ address: await addressOf(maker), data, signature: await signature })
const creates = (owner, salt) => factory.interface.encodeFunctionData('create', [owner, id(salt)])
const where = (owner, salt) => factory.where(owner, id(salt))
await add('ERC-6492, deployed', addressOf(owned), wrap(factory, creates(ann.address, 'never'), byAnn))
await add('ERC-6492, not deployed', where(ann.address, 'a'), wrap(factory, creates(ann.address, 'a'), byAnn))
await add('ERC-6492, not deployed, another key', where(ann.address, 'a'), wrap(factory, creates(ann.address, 'a'), eve.signMessage(text)))
await add('ERC-6492, not deployed, of opaque bytes', where(ann.address, 'a'), wrap(factory, creates(ann.address, 'a'), opaque))
await add('ERC-6492, another wallet is deployed', where(ann.address, 'a'), wrap(factory, creates(eve.address, 'a'), eve.signMessage(text)))
await add("ERC-6492, for a key's address", ann.address, wrap(factory, creates(eve.address, 'a'), eve.signMessage(text)))

// Factories that tell the questions about a wallet apart
const byGas = await deploy('FactoryByGas')
const silent = byGas.where(ann.address)
const deploysBy = (name, ...args) => byGas.interface.encodeFunctionData(name, [ann.address, ...args])
await add('ERC-6492, deployed for an even amount of gas, of opaque bytes', silent, wrap(byGas, deploysBy('create', 0), opaque))
await add('ERC-6492, deployed for an odd amount of gas, of opaque bytes', silent, wrap(byGas, deploysBy('create', 1), opaque))
await add('ERC-6492, all gas burnt, of opaque bytes', silent, wrap(byGas, deploysBy('createAndBurn'), opaque))
await add('ERC-6492, all gas burnt', silent, wrap(byGas, deploysBy('createAndBurn'), byAnn))

// Safe 1.4.1
const singleton = await deploy('Safe')
const safes = await deploy('SafeProxyFactory')
const handler = await deploy('CompatibilityFallbackHandler')
const setup = async (owners, threshold) =>
  singleton.interface.encodeFunctionData('setup', [owners, threshold, ZeroAddress, '0x', await addressOf(handler), ZeroAddress, 0, ZeroAddress])
const creation = async (owners, threshold, salt) =>
  safes.interface.encodeFunctionData('createProxyWithNonce', [await addressOf(singleton), await setup(owners, threshold), salt])
async function safeAddress(owners, threshold, salt) {
  const data = await creation(owners, threshold, salt)
  const [proxy] = coder.decode(['address'], await provider.call({ to: await addressOf(safes), data }))
  return proxy
}
async function createSafe(owners, threshold, salt) {
  const proxy = await safeAddress(owners, threshold, salt)
  await (await payer.sendTransaction({ to: await addressOf(safes), data: await creation(owners, threshold, salt) })).wait()
  return proxy
}
const safeMessage = (wallet, safe) =>
  wallet.signTypedData({ chainId: 1, verifyingContract: safe }, { SafeMessage: [{ name: 'message', type: 'bytes' }] }, { message: digest })
const sorted = [ann, ben].sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1))
const two = await createSafe(sorted.map((each) => each.address), 2, 1)
await add('a Safe of two', two, concat([await safeMessage(sorted[0], two), await safeMessage(sorted[1], two)]))
await add('a Safe of two, one signed', two, safeMessage(sorted[0], two))
await add('a Safe of two, ERC-6492', two, wrap(safes, await creation([ann.address], 1, 7), concat([await safeMessage(sorted[0], two), await safeMessage(sorted[1], two)])))
const handlerContract = new Contract(await addressOf(handler), compiled.CompatibilityFallbackHandler.abi, provider)
const withParityOfAMessage = ({ r, s, v }) => concat([r, s, `0x${(v + 4).toString(16)}`])
const signAsMessage = async (wallet, hash) => withParityOfAMessage(Signature.from(await wallet.signMessage(getBytes(hash))))
const one = await createSafe([ann.address], 1, 2)
await add('a Safe of one', one, safeMessage(ann, one))
await add('a Safe of one, its hash signed as a message', one, signAsMessage(ann, await handlerContract.getMessageHashForSafe(one, digest)))
await add('a Safe of one, nothing signed on chain', one, '0x')
const future = await safeAddress([ann.address], 1, 3)
await add('a Safe that is not deployed', future, wrap(safes, await creation([ann.address], 1, 3), await safeMessage(ann, future)))
await add('a Safe that is not deployed, not wrapped', future, safeMessage(ann, future))

// A Safe that a Safe owns: the part of a contract (v of 0) points to the inner one's signature.
const outer = await createSafe([one], 1, 4)
const outerPart = (inner) =>
  concat([zeroPadValue(one, 32), coder.encode(['uint256'], [65]), '0x00', coder.encode(['uint256'], [getBytes(inner).length]), inner])
// Safe 1.4.1 asks the inner one with the bytes of EIP-712, not with their hash.
const outerBytes = await handlerContract.encodeMessageDataForSafe(outer, digest)
const innerSigned = ann.signTypedData({ chainId: 1, verifyingContract: one }, { SafeMessage: [{ name: 'message', type: 'bytes' }] }, { message: outerBytes })
await add('a Safe that a Safe owns', outer, outerPart(await innerSigned))
const innerHash = await handlerContract.getMessageHashForSafe(one, outerBytes)
await add('a Safe that a Safe owns, its hash signed as a message', outer, outerPart(await signAsMessage(ann, innerHash)))

// Signed on chain: the owner is the sender, so the approval is its address (v of 1).
async function signOnChain(safe, message) {
  const library = await deploy('SignMessageLib')
  const signer = await payer.getAddress()
  const data = library.interface.encodeFunctionData('signMessage', [message])
  const approved = concat([zeroPadValue(signer, 32), coder.encode(['uint256'], [0]), '0x01'])
  const contract = new Contract(safe, compiled.Safe.abi, payer)
  await (await contract.execTransaction(await addressOf(library), 0, data, 1, 0, 0, 0, ZeroAddress, ZeroAddress, approved)).wait()
}
const onChain = await createSafe([await payer.getAddress()], 1, 5)
await signOnChain(onChain, digest)
await add('a Safe that signed on chain', onChain, '0x')
const both = await createSafe([await payer.getAddress()], 1, 6)
await signOnChain(both, digest)
await signOnChain(both, hashMessage(getBytes(digest)))
await add('a Safe that signed its digest as a message on chain, too', both, '0x')

// EIP-7702: an account of a key that borrows the code of a wallet of another key
const delegated = new Wallet(key('delegated'))
await hre.network.provider.send('hardhat_setCode', [delegated.address, `0xef0100${(await addressOf(owned)).slice(2)}`])
await add('EIP-7702, its key', delegated.address, delegated.signMessage(text))
await add('EIP-7702, the key of the borrowed code', delegated.address, byAnn)
await add('EIP-7702, another key', delegated.address, eve.signMessage(text))

const client = createPublicClient({ chain: mainnet, transport: http(url) })
for (const each of Object.values(cases))
  each.viem = await client.verifyMessage({ address: each.address, message: text, signature: each.signature }).catch(() => false)

console.log(JSON.stringify({ url, cases }))
for await (const _ of lines);
await server.close()
process.exit(0)
