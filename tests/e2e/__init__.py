"""Stories: a person in the stand-in for Discord, the real bot, the stand-in for Loopring."""
