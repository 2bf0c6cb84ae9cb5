"""The fault catalogue: every fault in either meaning is found."""
