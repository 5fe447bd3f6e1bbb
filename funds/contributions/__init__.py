"""What donors promise and pay, read and reckoned: amounts and rates, what is owed, how deposits match, how late they are."""
