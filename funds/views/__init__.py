"""Pages of the fund, one module a noun. Each change is one operation."""
