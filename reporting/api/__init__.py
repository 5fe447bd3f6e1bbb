"""The public read interface: projects, decisions and activities outside the fund as JSON, in pages that never count."""
