"""Forms of the fund's pages, by noun; their fields are in `fields`, what lists are narrowed by in `filters`."""
