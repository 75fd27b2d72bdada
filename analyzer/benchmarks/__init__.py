"""How fast the analyzer is, beside what one would otherwise use."""
