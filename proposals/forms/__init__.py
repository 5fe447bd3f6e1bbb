"""Is the input well formed? What it may do is decided by the operations."""
