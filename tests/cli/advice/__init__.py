"""Cases in which a message names a command or a setting, by the room that says it."""
