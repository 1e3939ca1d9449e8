"""What ``sentilora monitor`` costs, how soon it tells, and what it survives."""
