"""Pages that follow a whole: the public site, and a signed-in person's home. What they show is gathered beside this folder."""
