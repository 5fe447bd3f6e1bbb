"""What `verify` proves: the database's guards as shipped (`guards`), and everything that each app can prove (`everything`)."""
