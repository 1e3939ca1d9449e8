"""Files to deploy, each with a report of how far it agrees with the run it came from."""
