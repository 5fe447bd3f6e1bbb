"""Is the input well formed? Nothing here changes anything."""
