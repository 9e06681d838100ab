"""The names that the program itself gives to the sources of archives; all others are names, or typed by somebody."""

BLOCKS = "Loopring's blocks on Ethereum"
SNAPSHOT = "Snapshot"
