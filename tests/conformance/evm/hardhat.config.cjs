module.exports = { networks: { hardhat: { chainId: 1, hardfork: 'prague' } } }
