"""Who is told of this app's register entries."""
