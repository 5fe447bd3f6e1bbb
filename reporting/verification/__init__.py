"""What `verify` proves: the guards of the database as shipped (`guards`), and all that each app can prove (`everything`).

`columns` keeps the columns of record as releases have left them.
"""
