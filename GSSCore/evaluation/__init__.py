"""How good a network is: Dice per case, subset and region, by one protocol. Importing the package needs no torch."""
