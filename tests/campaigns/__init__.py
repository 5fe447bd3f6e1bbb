"""Full-size runs: each a command that prints one line of figures. The quick suite runs a tenth of each."""
