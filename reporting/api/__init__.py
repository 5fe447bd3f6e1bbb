"""The public read interface: projects and decisions as JSON, in pages that never count."""
