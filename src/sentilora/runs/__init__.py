"""What every recipe of a run needs: its folder, events, cost, and the proof that it loads."""
