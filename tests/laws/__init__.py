"""Laws that hold of every network, on both meanings."""
