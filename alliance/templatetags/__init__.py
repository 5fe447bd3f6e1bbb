"""Tags and filters of all templates: `alliance` is the one library, the other modules hold its parts."""
